/** The port to people: a message is delivered once per marker and leaves a receipt. */
export interface DeliveryReceipt {
  readonly channel: string;
  readonly marker: string;
  readonly deliveredAt: string;
  readonly adopted: boolean;
}

export interface Notifier {
  readonly channel: string;
  send(
    message: { readonly storyKey: string; readonly title: string; readonly body: string },
    marker: string,
  ): Promise<DeliveryReceipt>;
}

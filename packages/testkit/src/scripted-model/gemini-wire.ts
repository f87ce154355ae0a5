/** Gemini's generateContent: the model and whether it streams stand in the path, results of tools among the parts. */
import { usageOf } from './model-wire.js';
import type { ModelWire } from './model-wire.js';
import type { Conversation, ConversationMessage, ScriptedReply } from './scenario.js';

interface GenerateRequest {
  readonly tools?: readonly { readonly functionDeclarations?: readonly { readonly name: string }[] }[];
  readonly contents: readonly { readonly role?: string; readonly parts?: readonly Part[] }[];
}

interface Part {
  readonly text?: string;
  readonly functionResponse?: unknown;
}

const PATH = /^\/v1(?:beta)?\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

export const geminiWire: ModelWire = {
  serves: (path) => PATH.test(path),

  readConversation(body, path): Conversation {
    const { tools, contents } = body as GenerateRequest;
    const [, model = '', method] = PATH.exec(path) ?? [];
    return {
      model,
      streams: method === 'streamGenerateContent',
      tools: (tools ?? []).flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name)),
      messages: contents.flatMap(({ role, parts = [] }): readonly ConversationMessage[] => {
        const results = parts.flatMap(({ functionResponse }): readonly ConversationMessage[] =>
          functionResponse === undefined ? [] : [{ role: 'tool', text: '' }],
        );
        const text = parts.flatMap((part) => part.text ?? []).join('\n');
        const said: ConversationMessage = { role: role === 'model' ? 'assistant' : 'user', text };
        return [...results, ...(text === '' ? [] : [said])];
      }),
    };
  },

  body: (reply, model) => chunk(reply, model, [...textParts(reply), ...callParts(reply)], true),

  chunks: (reply, model) =>
    [
      chunk(reply, model, textParts(reply), false),
      ...callParts(reply).map((part) => chunk(reply, model, [part], false)),
      chunk(reply, model, [{ text: '' }], true),
    ].map((value) => `data: ${JSON.stringify(value)}\r\n\r\n`),

  errorBody: (status, message) => ({
    error: { code: status, message, status: status === 401 ? 'UNAUTHENTICATED' : 'INTERNAL' },
  }),
};

function textParts({ say }: ScriptedReply): readonly object[] {
  return say === undefined ? [] : [{ text: say }];
}

/** Arguments are no text on this wire, so that they can't be broken; a call without any stands for it. */
function callParts({ calls = [], fault }: ScriptedReply): readonly object[] {
  return calls.map(({ tool, arguments: args }) => ({
    functionCall: { name: tool, args: fault?.badToolArguments === true ? {} : args },
  }));
}

function chunk(reply: ScriptedReply, model: string, parts: readonly object[], isLast: boolean) {
  const used = usageOf(reply);
  const { inputTokens = 0, outputTokens = 0 } = used ?? {};
  return {
    candidates: [{ index: 0, content: { role: 'model', parts }, ...(isLast ? { finishReason: 'STOP' } : {}) }],
    ...(used === undefined || !isLast
      ? {}
      : {
          usageMetadata: {
            promptTokenCount: inputTokens,
            candidatesTokenCount: outputTokens,
            totalTokenCount: inputTokens + outputTokens,
          },
        }),
    modelVersion: model,
    responseId: 'scripted',
  };
}

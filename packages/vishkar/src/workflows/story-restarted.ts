/** Thrown inside the workflow when a person wants the story started again from its new text; its branch and record stay. */
export class StoryRestarted extends Error {
  constructor() {
    super('started again with the new text of the story');
    this.name = 'StoryRestarted';
  }
}

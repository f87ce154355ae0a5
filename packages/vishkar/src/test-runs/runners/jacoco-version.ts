/** JaCoCo where the project names no version of its own; reads class files up to Java 24. */
export const JACOCO_VERSION = '0.8.13';

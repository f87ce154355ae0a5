/** The package ships no types; all that is used of it is that it is a plugin. */
declare module 'eslint-plugin-security' {
  const plugin: object;
  export default plugin;
}

/** The values that a message needs, by the names of its arguments. */
export type ValuesOf<Message, Value> = { [Name in Names<Message>]: Value }

/** What follows each `{` is the name of an argument, or else the text of a branch. */
type Names<Message> = Message extends `${string}{${infer Rest}` ? NameAt<Rest> | Names<Rest> : never

type NameAt<Rest> = Rest extends `${infer Inside}}${string}`
  ? Inside extends `${infer Name}, ${string}`
    ? Identifier<Name>
    : Identifier<Inside>
  : never

// The text of a branch has a space or a number sign in it (test/web/words/catalogues.test.ts).
type Identifier<Text extends string> = Text extends '' | `${string}${' ' | '#' | '{'}${string}` ? never : Text

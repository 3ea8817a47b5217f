import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { withWords } from './words.ts'

type PropsOf<Component> = Component extends (props: infer Props) => unknown ? Props : never

/** Makes a component of one that is loaded when it is first rendered, together with its words. */
export const part = <Module, Name extends keyof Module>(
  load: () => Promise<Module>,
  name: Name,
): LazyExoticComponent<ComponentType<PropsOf<Module[Name]>>> =>
  lazy(async () => ({ default: (await withWords(load))[name] as ComponentType<PropsOf<Module[Name]>> }))

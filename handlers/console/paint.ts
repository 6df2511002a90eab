/** How text may look in a terminal. */
const styles = { dim: '\x1b[2m', red: '\x1b[31m', yellow: '\x1b[33m', green: '\x1b[32m', bold: '\x1b[1m' } as const

const plain = '\x1b[0m'

/** Gives text a style, or none: then it returns it as it is. */
export type Paint = (style: keyof typeof styles, text: string) => string

export function createPaint(color: boolean): Paint {
  return (style, text) => (color && text !== '' ? `${styles[style]}${text}${plain}` : text)
}

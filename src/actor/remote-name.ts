/** The actor that has a name on another node, whoever that is: as `{name, node}` in Erlang. Made by `system.remote`. */
export class RemoteName {
  readonly node: string
  readonly name: string

  constructor(node: string, name: string) {
    this.node = node
    this.name = name
  }

  toString(): string {
    return `${this.name}@${this.node}`
  }
}

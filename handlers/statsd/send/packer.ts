/** Lines of one datagram, or of one write. */
export interface Packet {
  readonly data: Buffer
  readonly lines: number
}

/** Fills packets with lines. */
export interface Packer {
  /** Adds text of `lines` ended lines that stay in one packet, `bytes` long in UTF-8. False when it does not fit even alone. */
  add(text: string, bytes: number, lines: number): boolean
  /** Ends the packet that is not full yet, if there is one. */
  seal(): void
  /** Lines in the packet that is not full yet. */
  readonly lines: number
}

/** Makes a packer: lines in the order they come, as many in each packet as fit into `maxBytes`. */
export function createPacker(maxBytes: number, emit: (packet: Packet) => void): Packer {
  let open = ''
  let openBytes = 0
  let openLines = 0

  const seal = () => {
    if (openLines === 0) return
    // Nearly always: then nobody has to look for characters that take more than a byte.
    const isAscii = open.length === openBytes
    const packet = { data: Buffer.from(open, isAscii ? 'latin1' : 'utf8'), lines: openLines }
    open = ''
    openBytes = 0
    openLines = 0
    emit(packet)
  }

  return {
    add(text, bytes, lines) {
      if (bytes > maxBytes) return false
      if (openBytes + bytes > maxBytes) seal()
      open += text
      openBytes += bytes
      openLines += lines
      return true
    },
    seal,
    get lines() {
      return openLines
    },
  }
}

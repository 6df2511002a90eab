import type { ActorSystem } from '../../../src/actor/actor-system.ts'
import { createActorSystem } from '../../../src/actor/system.ts'
import { type ClusterSetup, type Joined, setupCluster } from '../../cluster/set-up.ts'

export interface Node extends Joined {
  readonly system: ActorSystem
}

/** Nodes `a` and `b`, with a system of actors each. */
export async function setupNodes(): Promise<ClusterSetup & { readonly a: Node; readonly b: Node }> {
  const setup = setupCluster()
  const node = async (name: string): Promise<Node> => {
    const joined = await setup.join(name)
    return { ...joined, system: createActorSystem({ bus: joined.bus, cluster: joined.cluster }) }
  }
  return { ...setup, a: await node('a'), b: await node('b') }
}

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Lab } from '@berth/lab';

/** Writes down what each node's vswitchd believes: flows of the datapath, connections, tunnels and their BFD. */
export async function keepDataPlanes(lab: Lab, folder: string): Promise<void> {
  const script = `
for what in "dpctl/dump-flows -m" dpctl/dump-conntrack bfd/show; do
  echo "== $what"
  timeout 5 ovs-appctl -t ovs-vswitchd $what
done
echo "== interfaces"
timeout 5 ovs-vsctl --columns=name,type,options,bfd_status,link_state list Interface
timeout 10 ovs-ofctl dump-flows br-int`;
  await Promise.all(
    lab.nodeNames.map(async (node) => {
      const { stdout, stderr } = await lab.exec(node, ['bash', '--noprofile', '--norc', '-c', script]);
      writeFileSync(path.join(folder, `${node}.txt`), `${stdout}${stderr}`);
    }),
  );
}

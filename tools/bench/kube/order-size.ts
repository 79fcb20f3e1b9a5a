import { pairsIn } from '@berth/api';
import type { Api } from '../../../packages/source/src/kube/api/api.ts';
import { isJsonObject, listIn, objectIn, textIn } from '../../../packages/source/src/kube/api/json.ts';

/** How large an order is as the API server gives it, and how many addresses it holds. */
export type OrderSize = { readonly addresses: number; readonly kibibytes: number };

/** The largest order that there is. */
export async function largestOrder(api: Api): Promise<OrderSize> {
  const orders = await api.call({ method: 'GET', path: '/apis/gateway.berth.dev/v1alpha1/nodeorders' });
  const sizes = listIn(orders, 'items').map((order): OrderSize => {
    const entries = listIn(objectIn(order, 'spec'), 'addresses').filter(isJsonObject);
    const addresses = entries.reduce((sum, each) => sum + pairsIn(textIn(each, 'pairs') ?? '').length, 0);
    return { addresses, kibibytes: JSON.stringify(order).length / 1_024 };
  });
  const [largest] = sizes.toSorted((left, right) => right.kibibytes - left.kibibytes);
  return largest ?? { addresses: 0, kibibytes: 0 };
}

import { expect, test } from 'vitest';
import { Starting } from './starting.ts';

/** One whose `/readyz` answers what is set, on a clock that is set. */
function server() {
  const state = { status: 500, nowMs: 0, asked: 0 };
  const ready = async (): Promise<number> => {
    state.asked += 1;
    return state.status;
  };
  return { state, starting: new Starting(ready, () => state.nowMs) };
}

test.each([0, 403, 500, 503])(
  'a server that answers %s is starting, and a right is missing once it is ready',
  async (status) => {
    const { state, starting } = server();
    state.status = status;
    expect(await starting.isOn()).toBe(true);
    state.status = 200;
    expect(await starting.isOn()).toBe(false);
  },
);

test('what is no API server of Kubernetes’ is not waited for', async () => {
  const { state, starting } = server();
  state.status = 404;
  expect(await starting.isOn()).toBe(false);
});

test('a server that lets nobody see whether it is ready is not waited for without end', async () => {
  const { state, starting } = server();
  state.status = 403;
  expect(await starting.isOn()).toBe(true);
  state.nowMs = 60_000;
  expect(await starting.isOn()).toBe(false);
});

test('one that was ready is asked again after a while, and at once when it could not be reached meanwhile', async () => {
  const { state, starting } = server();
  state.status = 200;
  await starting.isOn();
  await starting.isOn();
  expect(state.asked).toBe(1);
  starting.lost();
  state.status = 500;
  expect(await starting.isOn()).toBe(true);
});

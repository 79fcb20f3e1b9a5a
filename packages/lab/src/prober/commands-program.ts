/** Python of the prober: reads commands a line, carries them out with runs of packets, and answers each with a line. */
export const commandsProgram = String.raw`
def burst(command):
    run = Run(command['flows'], command['ports'], command['intervalMs'] / 1000)
    for _ in range(command['count']): run.round()
    end = time.monotonic() + command['waitMs'] / 1000
    while time.monotonic() < end and not run.done(): run.poll(min(end, time.monotonic() + 0.05))
    run.heard = {}
    for _ in range(2 if command['asks'] else 0):
        run.ask(command['asks'])
        run.poll(time.monotonic() + 0.15)
    run.close()
    return {'flows': {flow.key: {
        'sent': len(flow.sent), 'received': len(flow.answered),
        'requests': sorted(flow.requests), 'replies': sorted(flow.replies)} for flow in run.flows},
        'heard': run.heard}

def start(command):
    run = Run(command['flows'] + command['sentinels'], [], command['intervalMs'] / 1000)
    run.sentinels = run.flows[len(command['flows']):]
    return run

# What is under way when it ends has as long as the last answers of a burst.
def stop(run):
    now = time.monotonic()
    recent = [(flow, number) for flow in run.flows for number, at in enumerate(flow.sent) if at > now - 1]
    while time.monotonic() < now + 1 and any(number not in flow.answered for flow, number in recent):
        run.poll(time.monotonic() + 0.02)
    run.close()
    late = stalls(run.sentinels)
    return {'flows': {flow.key: tally(flow, late) for flow in run.flows if flow not in run.sentinels}}

# When the machine stood still: from when a sentinel was sent until it was answered, where that took long. One that was never
# answered tells nothing, as its place may be what was broken.
def stalls(sentinels):
    waits = [(at, flow.answered[number]) for flow in sentinels for number, at in enumerate(flow.sent) if number in flow.answered]
    return [(sent - 0.05, answered + 0.05) for sent, answered in waits if answered - sent > 0.1]

def tally(flow, late):
    longest, later, since, met, excused, lost = 0, 0, None, False, 0, []
    epoch = time.time() - time.monotonic()
    for number, at in enumerate(flow.sent):
        if number in flow.answered: since, met = None, True
        elif any(begin <= at <= end for begin, end in late): excused += 1
        else:
            lost.append(round((at + epoch) * 1000))
            since = at if since is None else since
            following = flow.sent[number + 1] if number + 1 < len(flow.sent) else at
            longest = max(longest, following - since)
            if met: later = max(later, following - since)
    tail = range(max(0, len(flow.sent) - 5), len(flow.sent) - 1)
    return {'sent': len(flow.sent), 'lost': len(lost), 'lostAtMs': lost, 'excused': excused, 'longestGapMs': round(longest * 1000),
        'laterGapMs': round(later * 1000),
        'atEnd': any(number in flow.answered for number in tail)}

def flush():
    for name in os.listdir('/run/netns'):
        if name == 'outside' or name.startswith('pod.'):
            try: inside(name, forget)
            except FileNotFoundError: pass
    return {}

# Deletes every neighbour of the namespace it is called in, permanent ones apart: rtnetlink(7), RTM_GETNEIGH and RTM_DELNEIGH.
def forget():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    try:
        sock.bind((0, 0))
        sock.send(struct.pack('=IHHII', 28, 30, 0x301, 1, 0) + bytes(12))
        found, done = [], False
        while not done:
            data = sock.recv(1 << 16)
            while len(data) >= 16:
                length, kind = struct.unpack('=IH', data[:6])
                if kind in (2, 3): done = True
                elif kind == 28 and not struct.unpack('=H', data[24:26])[0] & 0xc0: found.append(data[16:length])
                data = data[(length + 3) & ~3:]
        for entry in found:
            sock.send(struct.pack('=IHHII', 16 + len(entry), 29, 5, 2, 0) + entry)
            sock.recv(1 << 12)
    finally: sock.close()

# Raw sockets that a packet also goes to when the place itself has it; they keep what comes until it is read.
def listen(command):
    for place, netns in command['places'].items():
        for family, protocol in ((socket.AF_INET, socket.IPPROTO_ICMP), (socket.AF_INET6, socket.IPPROTO_ICMPV6)):
            try: sock = inside(netns, lambda: socket.socket(family, socket.SOCK_RAW, protocol))
            except FileNotFoundError: continue
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            ears.append((place, family, sock))
    return {}

def arrivals():
    found = []
    while ears:
        place, family, sock = ears.pop()
        while True:
            try: data, sender = sock.recvfrom(2048)
            except OSError: break
            body = data[(data[0] & 15) * 4:] if family == socket.AF_INET else data
            if len(body) < 40 or body[0] != (8 if family == socket.AF_INET else 128): continue
            found.append({'at': place, 'mark': body[24:40].hex(), 'sequence': struct.unpack('!H', body[6:8])[0], 'source': sender[0].split('%')[0]})
        sock.close()
    return {'arrivals': found}

class Input:
    def __init__(self):
        self.buffer, self.ended = b'', False
        os.set_blocking(0, False)

    def line(self):
        if b'\n' not in self.buffer and not self.ended:
            try:
                data = os.read(0, 1 << 20)
                self.ended = not data
                self.buffer += data
            except BlockingIOError: pass
        if b'\n' not in self.buffer: return None
        line, self.buffer = self.buffer.split(b'\n', 1)
        return json.loads(line)

def say(answer):
    sys.stdout.write(json.dumps(answer) + '\n')
    sys.stdout.flush()

commands, running, given, ears = Input(), None, None, []
while not commands.ended or given:
    given = given or commands.line()
    if given is None:
        if running is None: select.select([0], [], [])
        else:
            def look():
                global given
                given = given or commands.line()
            running.round(look)
        continue
    command, given = given, None
    try:
        if command['command'] == 'start':
            running = start(command)
            running.round()
            say({})
        elif command['command'] == 'stop': running = say(stop(running))
        elif command['command'] == 'flush': say(flush())
        elif command['command'] == 'listen': say(listen(command))
        elif command['command'] == 'arrivals': say(arrivals())
        else: say(burst(command))
    except OSError as error: say({'fault': str(error)})
`;

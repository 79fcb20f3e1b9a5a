/**
 * Python of the prober: the sockets in every network namespace and the packets of flows. A `Run` sends the packets of all its flows
 * at once and hears what comes back, by which ports of the external wires, and who answers ARP or ND.
 */
export const packetsProgram = String.raw`
import ctypes, errno, fcntl, json, os, select, selectors, socket, struct, sys, time

libc = ctypes.CDLL(None, use_errno=True)
central = os.open('/proc/self/ns/net', os.O_RDONLY)
last_id = os.getpid() * 7 % 60000

def inside(netns, make):
    fd = os.open('/run/netns/' + netns, os.O_RDONLY)
    try:
        if libc.setns(fd, 0x40000000): raise OSError(ctypes.get_errno(), 'setns ' + netns)
        return make()
    finally:
        libc.setns(central, 0x40000000)
        os.close(fd)

def fresh_id():
    global last_id
    last_id = last_id % 65000 + 1
    return last_id

def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16: total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff

class Flow:
    def __init__(self, spec):
        self.key, self.netns, self.to, self.port = spec['key'], spec['from'], spec['to'], spec.get('port')
        self.answering = spec.get('answering')
        self.family = socket.AF_INET6 if ':' in self.to else socket.AF_INET
        self.peer = socket.inet_pton(self.family, self.to)
        self.id = fresh_id()
        self.sent, self.answered = [], {}
        self.requests, self.replies = set(), set()

class Run:
    def __init__(self, flows, ports, interval):
        self.selector = selectors.DefaultSelector()
        self.flows = [Flow(spec) for spec in flows]
        self.interval = interval
        self.by_id = {(flow.family, flow.id): flow for flow in self.flows if not flow.port}
        self.by_port = {}
        self.raw, self.ports, self.waiting, self.heard = {}, {}, {}, {}
        for netns, port in {(each['place'], each['port']) for flow in self.flows for each in flow.answering or []}: self.listen(netns, port)
        for flow in self.flows:
            if flow.port or (flow.netns, flow.family) in self.raw: continue
            protocol = socket.IPPROTO_ICMP if flow.family == socket.AF_INET else socket.IPPROTO_ICMPV6
            sock = inside(flow.netns, lambda: socket.socket(flow.family, socket.SOCK_RAW, protocol))
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self.raw[flow.netns, flow.family] = sock
            self.selector.register(sock, selectors.EVENT_READ, (self.on_raw, flow.family))
        for port in ports:
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            sock.bind((port, 3))
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self.ports[port] = sock
            self.selector.register(sock, selectors.EVENT_READ, (self.on_frame, port))

    def send(self, flow):
        number = len(flow.sent)
        flow.sent.append(time.monotonic())
        try:
            if flow.answering is not None: self.datagram(flow, number)
            elif flow.port: self.connect(flow, number)
            else: self.ping(flow, number)
        except OSError as error:
            if error.errno in (errno.EBADF, errno.EINVAL): raise

    def ping(self, flow, number):
        kind = 8 if flow.family == socket.AF_INET else 128
        body = struct.pack('!HH', flow.id, number & 0xffff) + b'berth' + bytes(11)
        total = checksum(struct.pack('!BBH', kind, 0, 0) + body) if kind == 8 else 0
        self.raw[flow.netns, flow.family].sendto(struct.pack('!BBH', kind, 0, total) + body, (flow.to, 0))

    def connect(self, flow, number):
        sock = inside(flow.netns, lambda: socket.socket(flow.family, socket.SOCK_STREAM))
        sock.setblocking(False)
        refused = sock.connect_ex((flow.to, flow.port))
        if refused not in (0, errno.EINPROGRESS):
            sock.close()
            return
        self.by_port[flow.family, socket.IPPROTO_TCP, sock.getsockname()[1]] = flow
        self.waiting[sock] = time.monotonic() + 0.9
        self.selector.register(sock, selectors.EVENT_WRITE, (self.on_connect, (flow, number)))

    # A place that is gone, or that has something of its own there, is not listened at.
    def listen(self, netns, port):
        try:
            sock = inside(netns, lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.bind(('::', port))
        except OSError: return
        sock.setblocking(False)
        self.selector.register(sock, selectors.EVENT_READ, (self.on_question, None))

    def on_question(self, sock, _):
        while True:
            try:
                data, sender = sock.recvfrom(64)
                sock.sendto(data, sender)
            except BlockingIOError: return
            except OSError: continue

    def datagram(self, flow, number):
        sock = inside(flow.netns, lambda: socket.socket(flow.family, socket.SOCK_DGRAM))
        sock.setblocking(False)
        sock.bind(('', 0))
        self.by_port[flow.family, socket.IPPROTO_UDP, sock.getsockname()[1]] = flow
        self.waiting[sock] = time.monotonic() + 0.9
        self.selector.register(sock, selectors.EVENT_READ, (self.on_datagram, (flow, number)))
        sock.sendto(b'berth', (flow.to, flow.port))

    def on_datagram(self, sock, context):
        flow, number = context
        try: _, sender = sock.recvfrom(64)
        except OSError: return
        if (socket.inet_pton(flow.family, sender[0]), sender[1]) != (flow.peer, flow.port): return
        flow.answered.setdefault(number, time.monotonic())
        self.end(sock)

    def on_connect(self, sock, context):
        flow, number = context
        result = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if result in (0, errno.ECONNREFUSED): flow.answered.setdefault(number, time.monotonic())
        self.end(sock)

    def end(self, sock):
        self.waiting.pop(sock, None)
        self.selector.unregister(sock)
        sock.close()

    def on_raw(self, sock, family):
        while True:
            try: data, sender = sock.recvfrom(2048)
            except OSError: return
            body = data[(data[0] & 15) * 4:] if family == socket.AF_INET else data
            if len(body) < 8 or body[0] != (0 if family == socket.AF_INET else 129): continue
            ident, number = struct.unpack('!HH', body[4:8])
            flow = self.by_id.get((family, ident))
            if not flow or flow.peer != socket.inet_pton(family, sender[0].split('%')[0]): continue
            if self.raw.get((flow.netns, family)) is sock:
                flow.answered.setdefault(number, time.monotonic())

    def on_frame(self, sock, port):
        while True:
            try: frame, (_, _, kind, _, _) = sock.recvfrom(256)
            except OSError: return
            if kind == 4: continue
            ethertype, body = struct.unpack('!H', frame[12:14])[0], frame[14:]
            if ethertype == 0x8100: ethertype, body = struct.unpack('!H', body[2:4])[0], body[4:]
            if ethertype == 0x0806 and body[6:8] == b'\x00\x02': self.hear(socket.inet_ntop(socket.AF_INET, body[14:18]), port, body[8:14])
            elif ethertype == 0x0800: self.on_packet(socket.AF_INET, body[9], body[12:16], body[(body[0] & 15) * 4:], port, frame)
            elif ethertype == 0x86dd: self.on_packet(socket.AF_INET6, body[6], body[8:24], body[40:], port, frame)

    # A packet of another address than the one that was asked is no reply: it came past the translation.
    def on_packet(self, family, protocol, source, body, port, frame):
        if protocol in (6, 17) and len(body) >= 4:
            flow = self.by_port.get((family, protocol, struct.unpack('!H', body[2:4])[0]))
            if flow and flow.peer == source: flow.replies.add(port)
        elif protocol in (1, 58) and len(body) >= 8:
            if body[0] == 136: self.hear(socket.inet_ntop(family, body[8:24]), port, body[26:32] if len(body) >= 32 else frame[6:12])
            flow = self.by_id.get((family, struct.unpack('!H', body[4:6])[0]))
            if not flow: return
            if body[0] in (8, 128): flow.requests.add(port)
            elif body[0] in (0, 129) and flow.peer == source: flow.replies.add(port)

    def hear(self, ip, port, mac):
        macs = self.heard.setdefault(ip, {}).setdefault(port, [])
        text = ':'.join('%02x' % byte for byte in mac)
        if text not in macs: macs.append(text)

    def poll(self, until):
        while True:
            now = time.monotonic()
            for sock in [sock for sock, end in self.waiting.items() if end < now]: self.end(sock)
            if now >= until: return
            for entry, _ in self.selector.select(min(until - now, 0.2)):
                on_event, context = entry.data
                on_event(entry.fileobj, context)

    def round(self, idle=lambda: None):
        start = time.monotonic()
        for place, flow in enumerate(self.flows):
            self.poll(start + self.interval * place / len(self.flows))
            idle()
            self.send(flow)
        self.poll(start + self.interval)

    def done(self):
        for flow in self.flows:
            if all(number in flow.answered for number in range(len(flow.sent))): continue
            return False
        return True

    def ask(self, asks):
        for ask in asks:
            def facts():
                sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                name = struct.pack('256s', ask['nic'].encode())
                mac = fcntl.ioctl(sock.fileno(), 0x8927, name)[18:24]
                sock.close()
                return mac
            mac = inside('outside', facts)
            tag = struct.pack('!HH', 0x8100, ask['vlanId']) if ask['vlanId'] else b''
            if ':' in ask['ip']: frame = solicitation(mac, ask, tag)
            else:
                addresses = mac + socket.inet_aton(ask['source']) + bytes(6) + socket.inet_aton(ask['ip'])
                frame = b'\xff' * 6 + mac + tag + struct.pack('!HHHBBH', 0x0806, 1, 0x0800, 6, 4, 1) + addresses
                frame += bytes(max(0, 60 - len(frame)))
            for port, sock in self.ports.items():
                if port.rsplit('-', 1)[0] != ask['wire']: continue
                try: sock.send(frame)
                except OSError: pass

    def close(self):
        for key in list(self.selector.get_map().values()): key.fileobj.close()
        self.selector.close()

def solicitation(mac, ask, tag):
    target = socket.inet_pton(socket.AF_INET6, ask['ip'])
    source = socket.inet_pton(socket.AF_INET6, ask['source'])
    group = bytes.fromhex('ff0200000000000000000001ff') + target[13:]
    body = struct.pack('!BBHI', 135, 0, 0, 0) + target + b'\x01\x01' + mac
    total = checksum(source + group + struct.pack('!II', len(body), 58) + body)
    body = body[:2] + struct.pack('!H', total) + body[4:]
    header = struct.pack('!IHBB', 0x60000000, len(body), 58, 255) + source + group
    return b'\x33\x33' + group[12:] + mac + tag + b'\x86\xdd' + header + body
`;

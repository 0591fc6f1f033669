"""runs: documents as `benchctl run` writes them, with figures that a test chooses.

The right verdict of a comparison is known only if its figures are. So a test of `compare` takes a document with every
field that the schema requires, and sets those that matter.
"""
import random

HOST = {'cpu_model': 'A CPU', 'cores': 4, 'memory_bytes': 8 << 30, 'kernel': 'Linux 6.1.0', 'governor': 'performance',
        'limits': {'files_soft': 20000, 'files_hard': 20000},
        'sysctl': {'somaxconn': 4096, 'port_low': 32768, 'port_high': 60999, 'tcp_max_tw_buckets': 65536, 'tcp_tw_reuse': 2},
        'load': 0.1, 'date': '2026-01-02T03:04:05Z', 'client_cpus': '0-1', 'server_cpus': '2'}


def times(ns):
    return {'mean': ns, 'p50': ns, 'p90': ns, 'p99': ns, 'p999': ns, 'max': ns}


def cell(server, level, block, rate, cpu=100.0, client='epoll', mode='close', **changes):
    """A valid cell."""
    made = {'server': server, 'client': client, 'mode': mode, 'level': level, 'block': block, 'rate_rps': rate,
            'started': 10000, 'ok': 10000, 'failed': {}, 'in_flight_start': level, 'in_flight_end': level, 'connects': 10000,
            'open_in_server': {'mean': 1.0, 'max': 2.0}, 'backlog': 4096,
            'concurrency': {'mean': level, 'min': level, 'max': level}, 'latency_ns': times(1e9 * level / rate if rate else None),
            'connect_ns': times(20000.0), 'window_s': 1.0, 'ramp': {'seconds': 0.1, 'reached': level},
            'fairness': {'min': 1, 'max': 2, 'never_served': 0, 'jain': 1.0}, 'client_cpu': [0.5], 'client_cpu_busiest': 0.5,
            'server_cpu_us_per_request': cpu, 'server_rss_bytes': 2e7, 'restarted': False, 'valid': True, 'invalid': []}
    made.update(changes)
    return made


def document(cells, host=None, config=None, **changes):
    servers = sorted({each['server'] for each in cells})
    made = {'schema': 1, 'environment': dict(HOST, **(host or {})),
            'benchctl': {'version': '0.1.0', 'commit': 'abc', 'compiler': 'cc', 'flags': '-O2'}, 'interrupted': False,
            'config': dict({'duration': '1s', 'warmup': '200ms', 'backlog': '0'}, **(config or {})),
            'servers': [{'name': name, 'command': name, 'version': '1', 'family': 'c', 'model': 'callback'} for name in servers],
            'cells': cells}
    made.update(changes)
    return made


def run(servers, levels, blocks, seed, spread=0.01, factor=lambda server, level: 1.0, cpu_factor=lambda server, level: 1.0,
        date=None, **changes):
    """A run whose rates scatter by `spread` about 1000 a second, times the factor; the server's CPU by a tenth of that."""
    chance = random.Random(seed)
    cells = []
    for block in range(1, blocks + 1):
        for server in servers:
            for level in levels:
                rate = 1000.0 * factor(server, level) * (1 + chance.gauss(0, spread))
                cpu = 100.0 * cpu_factor(server, level) * (1 + chance.gauss(0, spread / 10))
                cells.append(cell(server, level, block, round(rate, 6), round(cpu, 6)))
    return document(cells, host={'date': date or '2026-01-02T03:04:%02dZ' % (seed % 60)}, **changes)

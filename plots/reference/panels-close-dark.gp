# Draw again: gnuplot panels-close-dark.gp

reset
NAME = 'panels-close-dark'
DATA = 'panels-close.dat'
TERMINALS = 'svg png'
WIDTH = 1200.0
HEIGHT = 1306.0
PNG_SCALE = 2.00
FONT = 'DejaVu Sans'
X(pixel) = pixel / WIDTH
Y(pixel) = 1 - pixel / HEIGHT
BACKGROUND = "#14171c"
INK = "#eceef1"
MUTED = "#a6acb5"
GRID = "#2b3038"
CEILING = "#959ca6"
CONTEXT = "#666d77"
ERROR = "#ff5050"
PANELS = 30
array PANEL_LEFT[30] = [84.00, 306.00, 528.00, 750.00, 972.00, 84.00, 306.00, 528.00, 750.00, 972.00, 84.00, 306.00, 528.00, 750.00, 972.00, 84.00, 306.00, 528.00, 750.00, 972.00, 84.00, 306.00, 528.00, 750.00, 972.00, 84.00, 306.00, 528.00, 750.00, 972.00]
array PANEL_RIGHT[30] = [284.00, 506.00, 728.00, 950.00, 1172.00, 284.00, 506.00, 728.00, 950.00, 1172.00, 284.00, 506.00, 728.00, 950.00, 1172.00, 284.00, 506.00, 728.00, 950.00, 1172.00, 284.00, 506.00, 728.00, 950.00, 1172.00, 284.00, 506.00, 728.00, 950.00, 1172.00]
array PANEL_TOP[30] = [185.00, 185.00, 185.00, 185.00, 185.00, 374.00, 374.00, 374.00, 374.00, 374.00, 548.00, 548.00, 548.00, 548.00, 548.00, 722.00, 722.00, 722.00, 722.00, 722.00, 896.00, 896.00, 896.00, 896.00, 896.00, 1070.00, 1070.00, 1070.00, 1070.00, 1070.00]
array PANEL_BOTTOM[30] = [289.00, 289.00, 289.00, 289.00, 289.00, 478.00, 478.00, 478.00, 478.00, 478.00, 652.00, 652.00, 652.00, 652.00, 652.00, 826.00, 826.00, 826.00, 826.00, 826.00, 1000.00, 1000.00, 1000.00, 1000.00, 1000.00, 1174.00, 1174.00, 1174.00, 1174.00, 1174.00]
array PANEL_FILLED[30] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array PANEL_FAINT[30] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array PANEL_AXES[30] = ["set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:29426.635938]; set ytics ('' 0, '' 10000, '' 20000); "]
array CONTROL_FROM[30] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array CONTROL_TO[30] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array CONTEXTS_FROM[30] = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
array CONTEXTS_TO[30] = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
array GUIDES_FROM[30] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array GUIDES_TO[30] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
array DOTS_FROM[30] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array DOTS_TO[30] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
array THIN_FROM[30] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array THIN_TO[30] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
array NAMED_FROM[30] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32]
array NAMED_TO[30] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32]
array ROWS_FROM[30] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array ROWS_TO[30] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
LINES = 32
array COLOUR[32] = ["#959ca6", "#666d77", "#96c3ff", "#00c387", "#4b69ff", "#a5ff5a", "#87f0ff", "#ff8700", "#78874b", "#e1f0a5", "#d22dc3", "#d24b00", "#f096c3", "#966996", "#96c369", "#d22dc3", "#b487ff", "#96c369", "#1e8769", "#ffd2c3", "#4b69ff", "#96c3ff", "#00c387", "#b487ff", "#ffd2c3", "#f096c3", "#966996", "#1e8769", "#78874b", "#87f0ff", "#ff8700", "#d24b00"]
array MARK[32] = [0, 0, 4, 2, 2, 0, 4, 5, 1, 1, 4, 4, 0, 1, 4, 1, 4, 2, 0, 3, 0, 1, 4, 0, 0, 2, 5, 4, 3, 1, 2, 0]
array DASH[32] = [1, 3, 3, 4, 2, 2, 4, 3, 1, 2, 1, 2, 1, 4, 1, 3, 3, 4, 3, 1, 1, 1, 1, 4, 3, 2, 3, 2, 2, 2, 1, 3]
LABELS = 0
array LABEL_COLOUR[1] = [0]
array LABEL_MARK[1] = [0]
array LABEL_Y[1] = [0]
array END_X[1] = [0]
array END_Y[1] = [0]
LABEL_X = 1198
KEYS = 4
array KEY_KIND[4] = ["ceiling", "errors", "hollow", "context"]
array KEY_X[4] = [28.00, 375.84, 521.04, 932.22]
array KEY_Y[4] = [88.00, 88.00, 88.00, 88.00]
TEXTS = 74
array TEXT[74] = ["lua_cqueues", "as fast as the client", "concurrence_greenlet", "(revival)", "as fast as the client", "perl_coro", "sags to 58 \045", "go", "as fast as the client", "uvloop", "fails from 65,536", "pth", "fails from 4,096", "concurrence (revival)", "as fast as the client", "syncless_wsgi (revival)", "as fast as the client", "concurrence_wsgi_greenlet", "(revival)", "as fast as the client", "asio_coroutine", "as fast as the client", "syncless (revival)", "as fast as the client", "tokio", "as fast as the client", "concurrence_wsgi (revival)", "as fast as the client", "libuv", "as fast as the client", "state_threads", "as fast as the client", "nginx", "as fast as the client", "libevent", "as fast as the client", "gevent", "sags to 74 \045", "eventlet", "sags to 83 \045", "asyncio", "collapses to 49 \045", "node_js", "holds to 65,536", "twisted", "holds to 65,536", "ruby_async", "fails from 16,384", "erlang", "sags to 85 \045", "trio", "fails from 65,536", "aiohttp", "collapses to 33 \045", "python_threads", "sags to 87 \045", "gevent_wsgi", "fails from 65,536", "tornado", "sags to 70 \045", "eventlet_wsgi", "cliff at 65,536", "requests per second against concurrent connections offered", "Requests per second against concurrent connections, server by server", "close mode: a new TCP connection for each request", "control server: what the harness itself can reach", "requests failed", "hollow: not valid, too few in flight or open, client at its limit", "all others", "AMD EPYC, 2 cores · Linux 6.18.44-fc-v595 · 2026-11-25T12:05:58Z · benchctl 0.1.0", "close mode, client epoll · window at least 500ms · 1 block · listen backlog 4,096 · client on CPU 1, servers on CPU 0", "Versions: cqueues 20161215, Lua 5.4, concurrence revival on CPython 3.11.2 (greenlet 2.0.2), Coro 6.57, AnyEvent 7.17, EV 4.33, Perl v5.36.0, build/servers/go: go1.19.8, uvloop 0.17.0 on Python 3.11.2,", "GNU Pth 2.0.7 (08-Jun-2006), concurrence revival on PyPy 7.3.11 (stackless), syncless revival on PyPy 7.3.11 (stackless), Boost.Asio 1_74, librust-hyper-dev 0.14.19-1 librust-tokio-dev 1.24.2-1 rustc, libuv", "1.44.2, State Threads 1.9, nginx version: nginx/1.22.1, libevent 2.1.12-stable, gevent 22.10.2 on Python 3.11.2, eventlet 0.33.1 on Python 3.11.2, asyncio of Python 3.11.2, and 8 more"]
array TEXT_X[74] = [84.00, 84.00, 306.00, 306.00, 306.00, 528.00, 528.00, 750.00, 750.00, 972.00, 972.00, 84.00, 84.00, 306.00, 306.00, 528.00, 528.00, 750.00, 750.00, 750.00, 972.00, 972.00, 84.00, 84.00, 306.00, 306.00, 528.00, 528.00, 750.00, 750.00, 972.00, 972.00, 84.00, 84.00, 306.00, 306.00, 528.00, 528.00, 750.00, 750.00, 972.00, 972.00, 84.00, 84.00, 306.00, 306.00, 528.00, 528.00, 750.00, 750.00, 972.00, 972.00, 84.00, 84.00, 306.00, 306.00, 528.00, 528.00, 750.00, 750.00, 972.00, 972.00, 28.00, 28.00, 28.00, 58.00, 405.84, 551.04, 962.22, 28.00, 28.00, 28.00, 28.00, 28.00]
array TEXT_Y[74] = [158.50, 173.50, 143.50, 158.50, 173.50, 158.50, 173.50, 158.50, 173.50, 158.50, 173.50, 347.50, 362.50, 347.50, 362.50, 347.50, 362.50, 332.50, 347.50, 362.50, 347.50, 362.50, 521.50, 536.50, 521.50, 536.50, 521.50, 536.50, 521.50, 536.50, 521.50, 536.50, 695.50, 710.50, 695.50, 710.50, 695.50, 710.50, 695.50, 710.50, 695.50, 710.50, 869.50, 884.50, 869.50, 884.50, 869.50, 884.50, 869.50, 884.50, 869.50, 884.50, 1043.50, 1058.50, 1043.50, 1058.50, 1043.50, 1058.50, 1043.50, 1058.50, 1043.50, 1058.50, 114.00, 34.00, 60.00, 88.00, 88.00, 88.00, 88.00, 1224.00, 1240.00, 1256.00, 1272.00, 1288.00]
array TEXT_FONT[74] = [FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.',12.0', FONT.':Bold,20.0', FONT.',13.5', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0']
array TEXT_COLOUR[74] = ["#eceef1", "#a6acb5", "#eceef1", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#eceef1", "#eceef1", "#eceef1", "#a6acb5", "#a6acb5", "#a6acb5", "#a6acb5", "#a6acb5"]
array TEXT_ALIGN[74] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

# The looks of all pictures. Everything that depends on the run stands above, written by benchctl; X() and Y() turn
# pixels from the upper left corner into parts of the canvas.

set encoding utf8
unset key
unset title

# Marks of gnuplot: the filled one; the hollow one is the number before it. Terminals do not agree on their sizes.
array FILLED[6] = [7, 5, 9, 11, 13, 15]
array SIZE_SVG[6] = [0.95, 0.85, 0.95, 0.95, 0.8, 1.0]
array SIZE_PNG[6] = [1.0, 0.95, 1.15, 1.15, 1.25, 1.1]
# In a small panel marks and lines are smaller, and where all panels have the same grey lines these are faint.
small(p) = PANEL_RIGHT[p] - PANEL_LEFT[p] < 260 ? 0.65 : PANEL_RIGHT[p] - PANEL_LEFT[p] < 560 ? 0.8 : 1
context(p) = PANEL_FAINT[p] ? '#a0'.substr(CONTEXT, 2, 7) : CONTEXT
# Gnuplot looks at the properties of a loop's first plot even where there is none.
line(i) = i > LINES ? LINES : i
kind(i) = LINES ? MARK[line(i)] + 1 : 1
colour(i) = LINES ? COLOUR[line(i)] : INK
faint(i) = '#8c'.substr(colour(i), 2, 7)
dash(i) = LINES ? DASH[line(i)] : 1
of_kind(k) = TERMINAL eq 'svg' ? SIZE_SVG[k] : SIZE_PNG[k]
mark(i) = FILLED[kind(i)]
size(i) = of_kind(kind(i))
set dashtype 2 (12, 5)
set dashtype 3 (12, 4, 2.5, 4)
set dashtype 4 (3, 3.5)
set dashtype 5 (1.5, 3)

do for [TERMINAL in TERMINALS] {
	if (TERMINAL eq 'svg') {
		set terminal svg size WIDTH, HEIGHT font FONT.',12' noenhanced background rgb BACKGROUND
	} else {
		# Larger, for fine screens and for print. Fonts count in points there: 3/4 of a pixel.
		set terminal pngcairo size PNG_SCALE*WIDTH, PNG_SCALE*HEIGHT font FONT.',12' fontscale 0.75*PNG_SCALE \
			linewidth PNG_SCALE pointscale PNG_SCALE dashlength PNG_SCALE noenhanced background rgb BACKGROUND
	}
	set output NAME.'.'.TERMINAL
	set multiplot

	# Texts and all that stands outside of the panels is drawn with the first one.
	do for [i = 1:TEXTS] {
		if (TEXT_ALIGN[i] == 0) {
			set label TEXT[i] at screen X(TEXT_X[i]), Y(TEXT_Y[i]) left font TEXT_FONT[i] \
				textcolor rgb TEXT_COLOUR[i] front
		}
		if (TEXT_ALIGN[i] == 1) {
			set label TEXT[i] at screen X(TEXT_X[i]), Y(TEXT_Y[i]) center font TEXT_FONT[i] \
				textcolor rgb TEXT_COLOUR[i] front
		}
		if (TEXT_ALIGN[i] == 2) {
			set label TEXT[i] at screen X(TEXT_X[i]), Y(TEXT_Y[i]) right font TEXT_FONT[i] \
				textcolor rgb TEXT_COLOUR[i] front
		}
	}

	# Names: the mark, or the control server's line; a leader where the name had to move or the line ends early.
	do for [i = 1:LABELS] {
		if (END_X[i] >= 0 && (abs(LABEL_Y[i] - END_Y[i]) > 3 || END_X[i] < LABEL_X - 66)) {
			set arrow from screen X(END_X[i] + 8), Y(END_Y[i]) to screen X(LABEL_X - 8), Y(LABEL_Y[i]) \
				nohead linewidth 0.8 linecolor rgb LABEL_COLOUR[i] dashtype (2, 3) front
		}
		if (LABEL_MARK[i] < 0) {
			set arrow from screen X(LABEL_X - 6), Y(LABEL_Y[i]) to screen X(LABEL_X + 6), Y(LABEL_Y[i]) \
				nohead linewidth 2.4 linecolor rgb CEILING front
		} else {
			set label '' at screen X(LABEL_X), Y(LABEL_Y[i]) point pointtype FILLED[LABEL_MARK[i] + 1] \
				pointsize of_kind(LABEL_MARK[i] + 1) linecolor rgb LABEL_COLOUR[i] front
		}
	}

	do for [i = 1:KEYS] {
		left = KEY_X[i]
		y = KEY_Y[i]
		if (KEY_KIND[i] eq 'ceiling' || KEY_KIND[i] eq 'band') {
			set object rectangle from screen X(left), Y(y + 5) to screen X(left + 22), Y(y - 5) front \
				fillcolor rgb MUTED fillstyle transparent solid (KEY_KIND[i] eq 'band' ? 0.3 : 0.12) noborder
		}
		if (KEY_KIND[i] eq 'ceiling') {
			set arrow from screen X(left), Y(y - 5) to screen X(left + 22), Y(y - 5) \
				nohead linewidth 2.4 linecolor rgb CEILING front
		}
		if (KEY_KIND[i] eq 'control') {
			set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
				nohead linewidth 2.4 linecolor rgb CEILING front
		}
		if (KEY_KIND[i] eq 'bar') {
			set arrow from screen X(left + 11), Y(y - 6) to screen X(left + 11), Y(y + 6) \
				heads size screen 0.003, 90 linewidth 1.2 linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'context' || KEY_KIND[i] eq 'thin' || KEY_KIND[i] eq 'thick') {
			thick = KEY_KIND[i] eq 'thick' ? 2.2 : KEY_KIND[i] eq 'thin' ? 1.1 : 0.9
			set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
				nohead linewidth thick linecolor rgb (KEY_KIND[i] eq 'context' ? CONTEXT : INK) front
		}
		if (KEY_KIND[i] eq 'guide') {
			set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
				nohead linewidth 1.4 dashtype 5 linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'errors') {
			set label '' at screen X(left + 11), Y(y) point pointtype 2 pointsize 1.1 linewidth 2 \
				linecolor rgb ERROR front
		}
		if (KEY_KIND[i] eq 'behind') {
			set label '' at screen X(left + 11), Y(y) point pointtype 6 pointsize 1.7 linewidth 1.6 \
				linecolor rgb ERROR front
		}
		if (KEY_KIND[i] eq 'hollow') {
			set label '' at screen X(left + 11), Y(y) point pointtype 6 pointsize 1 linewidth 1.6 \
				linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'dots') {
			do for [at = 0:2] {
				set label '' at screen X(left + 4 + 7 * at), Y(y + 3 - 3 * (at % 2)) point pointtype 7 pointsize 0.45 \
					linecolor rgb MUTED front
			}
		}
		if (KEY_KIND[i] eq 'circle' || KEY_KIND[i] eq 'diamond') {
			set label '' at screen X(left + 11), Y(y) point pointtype (KEY_KIND[i] eq 'circle' ? 7 : 13) \
				pointsize of_kind(KEY_KIND[i] eq 'circle' ? 1 : 5) linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'old') {
			set label '' at screen X(left + 4), Y(y) point pointtype 7 pointsize of_kind(1) linecolor rgb CEILING front
			set label '' at screen X(left + 18), Y(y) point pointtype 13 pointsize of_kind(5) linecolor rgb CEILING front
		}
		if (KEY_KIND[i] eq 'sizes') {
			do for [at = 1:3] {
				set label '' at screen X(left + 7 * at - 3), Y(y) point pointtype 7 pointsize 0.25 + 0.3 * at \
					linecolor rgb INK front
			}
		}
	}

	do for [p = 1:PANELS] {
		set lmargin at screen X(PANEL_LEFT[p])
		set rmargin at screen X(PANEL_RIGHT[p])
		set tmargin at screen Y(PANEL_TOP[p])
		set bmargin at screen Y(PANEL_BOTTOM[p])
		set grid ytics xtics back linetype 1 linewidth 0.8 linecolor rgb GRID
		set border 1 linecolor rgb MUTED linewidth 1
		set tics nomirror textcolor rgb INK font FONT.',12'
		set xtics out scale 0.6
		set ytics scale 0
		eval PANEL_AXES[p]
		s = small(p)

		# Columns: 1 x, 2 y, 3 low, 4 high, 5 valid, 6 errors, 7 without a neighbour, 8 ring, 9 size. A cross
		# stands in the place of the mark, but a hollow mark remains under it.
		plot NaN notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:(PANEL_FILLED[p] ? $2 : NaN) \
				with filledcurves y1=0 fillcolor rgb CEILING fillstyle transparent solid 0.12 noborder notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 0.9*s linecolor rgb context(p) notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:($7 == 1 ? $2 : NaN) with points \
				pointtype 7 pointsize 0.5*s linecolor rgb context(p) notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 2.4*s linecolor rgb CEILING notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:($7 == 1 || $5 == 0 ? $2 : NaN) with points \
				pointtype 7 pointsize 0.9*s linecolor rgb CEILING notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:($5 == 0 ? $2 : NaN) with points \
				pointtype 7 pointsize 0.6*s linecolor rgb BACKGROUND notitle, \
			for [i = GUIDES_FROM[p]:GUIDES_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 1.4*s dashtype 5 linecolor rgb colour(i) notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:3:4 with filledcurves \
				fillcolor rgb colour(i) fillstyle transparent solid 0.16 noborder notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($7 == 1 && $3 < $4 ? $2 : NaN):3:4 \
				with yerrorbars pointtype -1 linewidth 1.2 linecolor rgb colour(i) notitle, \
			for [i = DOTS_FROM[p]:DOTS_TO[p]] DATA index i-1 using 1:2 with points \
				pointtype 7 pointsize 0.42*s linecolor rgb faint(i) notitle, \
			for [i = THIN_FROM[p]:THIN_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 1.1*s linecolor rgb colour(i) notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 2*s dashtype dash(i) linecolor rgb colour(i) notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($5 == 1 && $6 == 0 ? $2 : NaN) with points \
				pointtype mark(i) pointsize s*size(i) linecolor rgb colour(i) notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($5 == 1 ? NaN : $2) with points \
				pointtype mark(i) pointsize s*size(i) linecolor rgb BACKGROUND notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($5 == 1 ? NaN : $2) with points \
				pointtype mark(i)-1 pointsize s*size(i) linewidth 1.6*s linecolor rgb colour(i) notitle, \
			for [i = ROWS_FROM[p]:ROWS_TO[p]] DATA index i-1 using 1:2:($9*size(i)) with points \
				pointtype mark(i) pointsize variable linecolor rgb colour(i) notitle, \
			for [i = ROWS_FROM[p]:ROWS_TO[p]] DATA index i-1 using 1:($5 == 1 ? NaN : $2):(0.6*$9*size(i)) with points \
				pointtype mark(i) pointsize variable linecolor rgb BACKGROUND notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($8 == 1 ? $2 : NaN) with points \
				pointtype 6 pointsize 1.9*s linewidth 1.6*s linecolor rgb ERROR notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:($8 == 1 ? $2 : NaN) with points \
				pointtype 6 pointsize 1*s linewidth 1.6*s linecolor rgb ERROR notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
				pointtype 2 pointsize 0.6*s linewidth 1*s linecolor rgb ERROR notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
				pointtype 2 pointsize 1.1*s linewidth 1.8*s linecolor rgb ERROR notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
				pointtype 2 pointsize 1.4*s linewidth 3.6*s linecolor rgb BACKGROUND notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
				pointtype 2 pointsize 1.1*s linewidth 1.8*s linecolor rgb ERROR notitle
		unset label
		unset arrow
		unset object
	}
	unset multiplot
	unset output
}

# Our clients against others: requests per second and client CPU per request, by connections, close and keep-alive. DATA,
# NAME, LEVELS and COLUMNS (those modes that have figures, by number) are given by tests/bench/peers. Blocks of DATA: the
# clients below in close mode, then in keep-alive. Columns: 1 level, 2 rate, 3 minimum, 4 maximum, 5 CPU, 6 minimum, 7 maximum.

set encoding utf8
CLIENTS = 8
array LABEL[CLIENTS] = ['benchctl epoll', 'benchctl uring', 'ab', 'wrk', 'h2load', 'hey', 'httperf', 'siege']
array COLOUR[CLIENTS] = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#B58900', '#56B4E9', '#767676', '#1A1A1A']
array MARK[CLIENTS] = [7, 5, 8, 10, 12, 6, 4, 1]
INK = '#1A1A1A'
MUTED = '#5A5A5A'

do for [TERMINAL in 'svg png'] {
	if (TERMINAL eq 'svg') {
		set terminal svg size 1100, 860 font 'Helvetica,13' noenhanced background rgb 'white'
	} else {
		set terminal pngcairo size 2200, 1720 font 'Helvetica,13' fontscale 1.5 linewidth 2 pointscale 2 noenhanced \
			background rgb 'white'
	}
	set output NAME.'.'.TERMINAL
	set multiplot
	unset key
	set border 3 linecolor rgb MUTED
	set tics nomirror textcolor rgb INK
	set grid ytics linecolor rgb '#DDDDDD' linetype 1 linewidth 0.8
	set logscale x 10
	set format y "%'.0f"
	set decimalsign locale
	set xtics () scale 1, 0
	do for [i = 1:words(LEVELS)] { set xtics add (word(LEVELS, i) real(word(LEVELS, i))) }
	set xrange [0.7 * real(word(LEVELS, 1)):1.5 * real(word(LEVELS, words(LEVELS)))]
	do for [row = 0:1] {
		do for [place = 1:words(COLUMNS)] {
			column = int(word(COLUMNS, place))
			set lmargin at screen 0.085 + 0.49 * column
			set rmargin at screen 0.495 + 0.49 * column
			set tmargin at screen row ? 0.47 : 0.855
			set bmargin at screen row ? 0.125 : 0.53
			if (row) { set xlabel 'connections' textcolor rgb INK } else { unset xlabel }
			unset label
			set label (row ? 'client CPU, µs a request' : 'requests per second') \
				at graph 0, 1.05 left font ',13' textcolor rgb INK
			if (!row) {
				set label (column ? 'keep-alive' : 'close: a connection for each request') at graph 1, 1.05 right \
					font ':Bold,14' textcolor rgb INK
			}
			set logscale y 10
			set yrange [*:*]
			if (!row) { unset logscale y; set yrange [0:*] }
			if (row == 0 && place == 1) {
				set label 'The same server, the same CPUs, in turn: load generators compared' \
					at screen 0.03, 0.975 left font ':Bold,18' textcolor rgb INK
				do for [i = 1:CLIENTS] {
					x = 0.04 + 0.12 * (i - 1)
					set label LABEL[i] at screen x, 0.925 left offset 1.4, 0 font ',12' textcolor rgb INK \
						point pointtype MARK[i] pointsize (i <= 2 ? 1.3 : 1) linewidth 2 linecolor rgb COLOUR[i]
				}
			}
			first = 2 + 3 * row
			plot for [i = 1:CLIENTS] DATA index CLIENTS * column + i - 1 \
				using 1:first:first+1:first+2 with yerrorbars pointtype -1 linewidth (i <= 2 ? 1.6 : 1) \
				linecolor rgb COLOUR[i] notitle, \
				for [i = 1:CLIENTS] DATA index CLIENTS * column + i - 1 using 1:first with linespoints \
				linewidth (i <= 2 ? 2.6 : 1.3) pointtype MARK[i] pointsize 0.9 linecolor rgb COLOUR[i]
		}
	}
	unset multiplot
	unset output
}

# A server's rates over runs: the looks. Everything that depends on the runs stands above, written by benchctl.

X(x) = 1.0 * x / WIDTH
Y(y) = 1 - 1.0 * y / HEIGHT

set terminal svg size WIDTH, HEIGHT font FONT.',13' noenhanced background rgb BACKGROUND
set output OUTPUT
set encoding utf8
unset key
set lmargin at screen X(LEFT)
set rmargin at screen X(RIGHT)
set tmargin at screen Y(TOP)
set bmargin at screen Y(BOTTOM)

set xrange [0.5:RUNS + 0.5]
set yrange [0:Y_MOST]
set border 1 linecolor rgb MUTED linewidth 1
set tics nomirror textcolor rgb INK font FONT.',12'
unset xtics
set ytics scale 0
set grid ytics back linetype 1 linewidth 0.8 linecolor rgb GRID

set ytics (0)
do for [i=1:Y_TICS] { set ytics add (Y_TIC_TEXT[i] i * Y_STEP) }
do for [i=1:X_TICS] {
	set arrow from X_TIC_AT[i], screen Y(BOTTOM) to X_TIC_AT[i], screen Y(BOTTOM + 5) nohead \
		linecolor rgb MUTED linewidth 1
	set label X_TIC_TEXT[i] at X_TIC_AT[i], screen Y(BOTTOM + 17) center font FONT.',12' textcolor rgb INK
}
# Where something else than the server's rate changed too.
do for [i=1:CHANGES] {
	set arrow from CHANGE_AT[i] - 0.5, screen Y(TOP) to CHANGE_AT[i] - 0.5, screen Y(BOTTOM) nohead back \
		dashtype 3 linecolor rgb MUTED linewidth 1.2
}

set label TITLE at screen X(MARGIN), Y(26) font FONT.':Bold,16' textcolor rgb INK front
set label SUBTITLE at screen X(MARGIN), Y(48) font FONT.',12' textcolor rgb MUTED front
set label 'requests per second' at screen X(MARGIN), Y(TOP - 16) font FONT.',12' textcolor rgb INK front
do for [i=1:NOTES] {
	set label NOTE[i] at screen X(MARGIN), Y(BOTTOM + 26 + 16 * i) font FONT.',11' textcolor rgb MUTED front
}
do for [i=1:CURVES] {
	set label NAME[i] at screen X(RIGHT + 14), Y(NAME_Y[i]) font FONT.',12' textcolor rgb COLOUR[i] front
}

# Each curve: a line through the medians, the spread over the blocks, a mark; hollow where it is not valid.
array MARK[4] = [7, 5, 9, 13]
array SIZE[4] = [0.6, 0.55, 0.65, 0.7]
plot for [i=1:CURVES] DATA index i - 1 using 1:2 with lines linewidth 1.8 linecolor rgb COLOUR[i], \
	for [i=1:CURVES] DATA index i - 1 using 1:2:3:4 with yerrorbars pointtype 0 linewidth 1.1 linecolor rgb COLOUR[i], \
	for [i=1:CURVES] DATA index i - 1 using 1:2 with points pointtype MARK[i] pointsize 1.25 * SIZE[i] \
		linecolor rgb BACKGROUND, \
	for [i=1:CURVES] DATA index i - 1 using 1:($5 == 1 ? $2 : NaN) with points pointtype MARK[i] pointsize SIZE[i] \
		linecolor rgb COLOUR[i], \
	for [i=1:CURVES] DATA index i - 1 using 1:($5 == 1 ? NaN : $2) with points pointtype MARK[i] - 1 pointsize SIZE[i] \
		linecolor rgb COLOUR[i]
unset output

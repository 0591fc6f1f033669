# The style of the heat map of NEW's rate relative to BASE's, server by level. benchctl writes everything that depends on the
# comparison above this; X() and Y() convert pixels from the upper left corner into fractions of the canvas.

set encoding utf8
DATA = NAME.'.dat'

unset key
unset colorbox
unset tics
unset border
set lmargin at screen X(LEFT)
set rmargin at screen X(RIGHT)
set tmargin at screen Y(TOP)
set bmargin at screen Y(BOTTOM)
set xrange [0:COLUMNS]
set yrange [ROWS:0]

# Blue is better, orange is worse; with any colour vision both differ from each other and from white. The scale is the
# logarithm of the ratio, and ends at a third more or less.
set palette defined (-1 '#b35806', -0.5 '#f1a340', -0.12 '#fbe8cf', 0 '#f7f7f7', 0.12 '#d8e8f5', 0.5 '#74a9d4', 1 '#08519c')
SPAN = log(1.5)
set cbrange [-SPAN:SPAN]

set label TITLE at screen X(MARGIN), Y(TITLE_Y) font FONT.':Bold,20' textcolor rgb INK front
# The key: the colours from worse to better, then the hatching and the frame.
do for [i = 0:40] {
	set object 100+i rectangle from screen X(KEY_COLOURS + i*4), Y(KEY_Y + 7) to screen X(KEY_COLOURS + i*4 + 4.3), Y(KEY_Y - 7) \
		front fillcolor palette cb (-SPAN + 2*SPAN*i/40.0) fillstyle solid noborder
}
do for [i = 0:1] {
	set object 150+i rectangle from screen X(i ? KEY_FRAME : KEY_HATCH), Y(KEY_Y + 7) \
		to screen X((i ? KEY_FRAME : KEY_HATCH) + 24), Y(KEY_Y - 7) front fillcolor rgb '#f0f0f0' fillstyle solid noborder
}
set object 152 rectangle from screen X(KEY_FRAME), Y(KEY_Y + 7) to screen X(KEY_FRAME + 24), Y(KEY_Y - 7) front \
	fillstyle empty border linecolor rgb INK linewidth 1.6
do for [i = 0:2] {
	set arrow from screen X(KEY_HATCH + i*8), Y(KEY_Y + 7) to screen X(KEY_HATCH + i*8 + 8), Y(KEY_Y - 7) nohead front \
		linewidth 0.7 linecolor rgb HATCH
}

do for [TERMINAL in 'svg png'] {
	if (TERMINAL eq 'svg') {
		set terminal svg size WIDTH, HEIGHT font FONT.',12' noenhanced background rgb BACKGROUND
	} else {
		# Twice the size, for high-resolution screens and print. Font sizes are in points there: 3/4 of a pixel.
		set terminal pngcairo size 2*WIDTH, 2*HEIGHT font FONT.',12' fontscale 1.5 linewidth 2 pointscale 2 \
			dashlength 2 noenhanced background rgb BACKGROUND
	}
	set output NAME.'.'.TERMINAL

	# Columns of the table: 1 column, 2 row, 3 logarithm of the ratio, or nothing. Boxes leave a white line between them.
	# The hatching is drawn line by line, since gnuplot's terminals draw fill patterns differently.
	plot DATA index 0 using ($1+0.5):($2+0.5):($1+0.01):($1+0.99):($2+0.02):($2+0.98):3 with boxxyerror \
			fillstyle solid noborder fillcolor palette notitle, \
		DATA index 1 using 1:2:3:4 with vectors nohead linewidth 0.7 linecolor rgb HATCH notitle
	unset output
}

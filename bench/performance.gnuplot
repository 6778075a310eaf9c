# What performance.csv says: ours / floor with its quartiles beside the goal, and
# the rivals. The caller sets csv and svg.

set terminal svg size 1000,1000 font "sans,11" background "white"
set output svg
set datafile separator comma
set datafile columnheaders
set multiplot layout 1,2
set yrange [*:*] reverse
set offsets 0,0,0.8,0.8
set style fill solid 0.6
set grid xtics
set key bottom right
set ytics nomirror font ",9"

set title "Ours / floor, with quartiles"
set lmargin 34
set rmargin 1
set logscale x
set xtics (1, 1.25, 1.5, 2, 3, 5)
set xrange [0.8:5]
plot csv using (stringcolumn("unit") eq "s" ? column("ratio") : NaN):0:"low":"high":yticlabels(1) \
        with xerrorbars pt 7 ps 0.6 lc rgb "#204a87" title "measured", \
    csv using (stringcolumn("unit") eq "s" ? column("goal") : NaN):0 \
        with points pt 2 lc rgb "#cc0000" title "goal"

set title "Seconds, and those of the rivals"
set lmargin 2
set format y ""
set xrange [2e-8:0.2]
set xtics auto
set xtics format "10^{%T}"
plot csv using (stringcolumn("unit") eq "s" ? column("ours") : NaN):0 with points pt 7 ps 0.8 lc rgb "#204a87" title "ours", \
    csv using (stringcolumn("unit") eq "s" ? column("floor") : NaN):0 with points pt 6 lc rgb "#555753" title "floor", \
    for [rival in "pipe socket tsv thread file sysv"] \
        csv using (column(rival)):0 with points ps 0.8 title rival

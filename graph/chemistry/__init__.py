"""Do the firms of a park react? Cooperation between them, beside what chance and like parks would show.

pairs      the pooled rate at which two firms that share a park deal with each other, fitted without listing the pairs
peers      the chemistry ratio SLR: a park's ties beside those that the same firms would have in a typical park
place      R0: a park's ties beside those that would fall inside it had its firms drawn their park by lot
wiring     a measure beside what it is when the same firms, each with as many ties, are tied at random
bicm       industries in one park beside random tables of as broad parks and as common industries
jackknife  how much a value hangs on single documents
verdict    from both ratios to a word
split      the same ratio for supply, service and innovation ties alone
chains     how much of an industry chain stands in a park and is joined up
webs       whether its firms make up one web, across industries and beyond the fence
focus      universities, top people, innovation at the source
hexagon    whether a park is strong on all tracks alike
stage      one leading industry, a chain, or a web of many
profile    these six together
report     all of it as the measures of the parks

The method is on the page docs/method/chemistry.md.
"""

from graph.chemistry.peers import slr
from graph.chemistry.place import r0
from graph.chemistry.report import chemistry

__all__ = ["chemistry", "r0", "slr"]

/*
 * Where the lines of a script come from, so that stacks name TypeScript. The table is the file
 * SCRIPT.lines: source paths, one a line; an empty line; then, for each line of the script in turn,
 * "SOURCE LINE" (SOURCE counts from 0, LINE from 1), or "-" for as the line before. Without a line
 * after the empty one, the script is the first source itself.
 */
#ifndef RV_LINE_MAP_H
#define RV_LINE_MAP_H

#include "xsAll.h"
#include "xsScript.h"

/* Gives the nodes of the parsed tree the paths and lines of their sources, if there is a table. */
void line_map_apply(txParser *parser, const char *script);

#endif

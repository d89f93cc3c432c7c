#include "line-map.h"

struct origin {
	txSymbol *path;
	int line;
};

struct line_map {
	txSymbol *script;      /* the path that the parser gave all nodes */
	txSymbol **sources;
	struct origin *origins; /* by line of the script, from 1 */
	int source_count, origin_count;
};

static int read_table(txParser *parser, struct line_map *map, FILE *file)
{
	char line[4096];
	int capacity = parser->line + 2, source_capacity = 0;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (!*line)
			break;
		if (map->source_count == source_capacity) {
			txSymbol **longer = fxNewParserChunk(parser, (txSize)((source_capacity = source_capacity * 2 + 16) * sizeof(*longer)));
			if (map->source_count)
				memcpy(longer, map->sources, (size_t)map->source_count * sizeof(*longer));
			map->sources = longer;
		}
		map->sources[map->source_count++] = fxNewParserSymbol(parser, line);
	}
	if (!map->source_count)
		return 0;
	map->origins = fxNewParserChunkClear(parser, (txSize)(capacity * sizeof(struct origin)));
	struct origin last = { map->sources[0], 1 };
	while (map->origin_count + 1 < capacity && fgets(line, sizeof(line), file)) {
		int source, number;
		if (sscanf(line, "%d %d", &source, &number) == 2 && source >= 0 && source < map->source_count)
			last = (struct origin){ map->sources[source], number };
		map->origins[++map->origin_count] = last;
	}
	return 1;
}

static void visit(void *it, void *param)
{
	txNode *node = it;
	struct line_map *map = param;
	if (!node)
		return;
	if (node->path == map->script) {
		if (node->line >= 1 && node->line <= map->origin_count) {
			node->path = map->origins[node->line].path;
			node->line = map->origins[node->line].line;
		}
		else
			node->path = map->sources[0];
	}
	(*node->description->dispatch->distribute)(node, visit, param);
}

void line_map_apply(txParser *parser, const char *script)
{
	char path[C_PATH_MAX];
	struct line_map map = { parser->path, NULL, NULL, 0, 0 };
	if (snprintf(path, sizeof(path), "%s.lines", script) >= (int)sizeof(path))
		return;
	FILE *file = fopen(path, "r");
	if (!file)
		return;
	int known = read_table(parser, &map, file);
	fclose(file);
	if (known) {
		visit(parser->root, &map);
		parser->path = map.sources[0];
	}
}

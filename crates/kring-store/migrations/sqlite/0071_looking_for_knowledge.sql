-- Nothing: what is looked for is looked for in memory, for both databases alike (see docs/ARCHITECTURE.md).
SELECT 1;

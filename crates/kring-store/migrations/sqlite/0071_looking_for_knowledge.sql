-- Nothing: what is looked for is looked for in memory, for both databases alike (see docs/decisions).
SELECT 1;

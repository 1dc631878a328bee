using QueryStream.Streams;

namespace QueryStream.Generators.Tests.Formats;

[StreamRecord]
public sealed record OracleLine(string? Sku, int Count, double? Price);

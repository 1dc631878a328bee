using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>A version that cannot read what was kept.</summary>
[StreamRecord]
public sealed record VisitWrong(long Visits);

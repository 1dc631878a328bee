using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>What a job kept.</summary>
[StreamRecord]
public sealed record VisitBefore(int Visits, string Page);

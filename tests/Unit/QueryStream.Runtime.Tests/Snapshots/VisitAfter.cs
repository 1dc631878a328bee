using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>What its next version keeps: a member has come, another has gone.</summary>
[StreamRecord]
public sealed record VisitAfter(string Campaign = "none", int Visits = 0);

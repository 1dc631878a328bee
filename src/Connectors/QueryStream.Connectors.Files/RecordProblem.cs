namespace QueryStream.Connectors.Files;

/// <summary>Why a record of a file is no row.</summary>
/// <param name="Reason">One of a small fixed set, since dead letters are counted by it: <c>wrong-type</c>.</param>
/// <param name="Position">The byte of the record where it is wrong.</param>
/// <param name="Detail">What exactly, for people.</param>
public readonly record struct RecordProblem(string Reason, int Position, string Detail);

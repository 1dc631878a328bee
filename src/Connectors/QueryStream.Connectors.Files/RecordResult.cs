namespace QueryStream.Connectors.Files;

/// <summary>What became of a record of a file.</summary>
public enum RecordResult
{
    /// <summary>A row.</summary>
    Row,

    /// <summary>Nothing, and rightly so: a header, an empty line.</summary>
    Nothing,

    /// <summary>It is no row: it becomes a dead letter.</summary>
    Problem,

    /// <summary>It is a header that makes all of the file unreadable: one dead letter tells of it, and the file is left.</summary>
    Unusable,
}

namespace QueryStream.Connectors.Files.Source;

/// <summary>A block of a file with its records. Passed from the block reader to the task, which returns its bytes to the shared pool.</summary>
/// <param name="file">The file.</param>
internal sealed class FileBlock(OpenFile file)
{
    /// <summary>The file.</summary>
    public OpenFile File { get; } = file;

    /// <summary>The bytes of the records.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>The records.</summary>
    public List<RecordRange> Records { get; } = [];

    /// <summary>Whether it is the last block of the file.</summary>
    public bool IsLast { get; set; }

    /// <summary>In the last block: why the rest of the file is unreadable; null if the file was read to its end.</summary>
    public string? Damage { get; set; }
}

/// <summary>A record in a block of a file.</summary>
/// <param name="Start">The index of its first byte in the block.</param>
/// <param name="Length">Its length without the line break.</param>
/// <param name="End">The position in the file of its last byte, including the line break.</param>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Problem">The reason if it becomes a dead letter: <c>record-too-large</c>, <c>unterminated-quote</c>; else null.</param>
internal readonly record struct RecordRange(int Start, int Length, long End, long Line, string? Problem);

namespace QueryStream.Connectors.Files.Source;

/// <summary>A block of a file with its records. It passes from the block reader to the task, which gives its bytes back to the shared pool.</summary>
/// <param name="file">The file.</param>
internal sealed class FileBlock(OpenFile file)
{
    /// <summary>The file.</summary>
    public OpenFile File { get; } = file;

    /// <summary>The bytes that hold the records.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>The records.</summary>
    public List<RecordPlace> Records { get; } = [];

    /// <summary>Whether it is the last block of the file.</summary>
    public bool IsLast { get; set; }

    /// <summary>In the last block: why the rest of the file cannot be read; null if it was read to its end.</summary>
    public string? Damage { get; set; }
}

/// <summary>A record in a block of a file.</summary>
/// <param name="Start">Its first byte in the block.</param>
/// <param name="Length">Its length without the line end.</param>
/// <param name="End">The position in the file of its last byte, including the line end.</param>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Problem">Why it is no record: <c>record-too-large</c>, <c>unterminated-quote</c>; null if it is one.</param>
internal readonly record struct RecordPlace(int Start, int Length, long End, long Line, string? Problem);

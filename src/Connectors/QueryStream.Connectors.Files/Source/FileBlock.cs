namespace QueryStream.Connectors.Files.Source;

/// <summary>A piece of a file on its way from the loop that reads to the task, which hands it back.</summary>
/// <param name="file">The file.</param>
internal sealed class FileBlock(OpenFile file)
{
    /// <summary>The file.</summary>
    public OpenFile File { get; } = file;

    /// <summary>Holds the bytes of the records.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>The records.</summary>
    public List<RecordPlace> Records { get; } = [];

    /// <summary>Whether the file ends with it.</summary>
    public bool IsLast { get; set; }

    /// <summary>With the last block: why the file cannot be read on; null where it was read to its end.</summary>
    public string? Damage { get; set; }
}

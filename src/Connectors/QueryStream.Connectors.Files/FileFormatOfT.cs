namespace QueryStream.Connectors.Files;

/// <summary>How rows lie in a file. Part of a job's definition: it makes what reads and writes, and keeps nothing itself.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class FileFormat<T>
{
    /// <summary>What the names of files end with that a sink writes: <c>.csv</c>.</summary>
    public abstract string Extension { get; }

    /// <summary>Makes what finds where records end, for one file.</summary>
    public abstract IRecordFramer CreateFramer();

    /// <summary>Makes what reads rows, for one file.</summary>
    public abstract IRecordReader<T> CreateReader();

    /// <summary>Makes what writes rows, for one subtask.</summary>
    public abstract IRecordWriter<T> CreateWriter();
}

namespace QueryStream.Connectors.Files;

/// <summary>Makes rows of the records of one file. Used by one thread; must not throw for what a file may contain.</summary>
/// <typeparam name="T">The rows.</typeparam>
public interface IRecordReader<T>
{
    /// <summary>Whether the first record is no row but says what the others hold. It is shown also to who goes on in the middle of a file.</summary>
    bool HasHeader { get; }

    /// <summary>Reads a record.</summary>
    /// <param name="record">Without its line end; must not be kept.</param>
    /// <param name="row">The row, where the result is <see cref="RecordResult.Row"/>.</param>
    /// <param name="problem">What is wrong, where it is <see cref="RecordResult.Problem"/> or <see cref="RecordResult.Unusable"/>.</param>
    RecordResult Read(ReadOnlySpan<byte> record, out T row, out RecordProblem problem);
}

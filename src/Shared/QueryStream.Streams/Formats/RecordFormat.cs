using QueryStream.Core.Errors;

namespace QueryStream.Streams.Formats;

/// <summary>
/// The format of records: decodes bytes to rows and encodes rows to bytes. Built in are JSON, CSV, text and bytes. Sources and sinks of all
/// connectors share formats. Part of a job's definition: it creates decoders and encoders, and has no state.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class RecordFormat<T>
{
    /// <summary>The extension of files in this format: <c>.csv</c>.</summary>
    public virtual string FileExtension => ".txt";

    /// <summary>Whether a file begins with a header. Records of Kafka and Redis have none.</summary>
    public virtual bool HasHeader => false;

    /// <summary>Creates the decoder of one subtask, or of one file. Override it for use in sources.</summary>
    /// <exception cref="JobDefinitionException">The format only encodes.</exception>
    public virtual RecordDecoder<T> CreateDecoder() =>
        throw new JobDefinitionException($"{GetType().Name} cannot be the format of a source: it does not override {nameof(CreateDecoder)}.");

    /// <summary>Creates the encoder of one subtask. Override it for use in sinks.</summary>
    /// <exception cref="JobDefinitionException">The format only decodes.</exception>
    public virtual RecordEncoder<T> CreateEncoder() =>
        throw new JobDefinitionException($"{GetType().Name} cannot be the format of a sink: it does not override {nameof(CreateEncoder)}.");

    internal void CheckReads() => CheckIsOverridden(CreateDecoder);

    internal void CheckWrites() => CheckIsOverridden(CreateEncoder);

    // Does not call the override: a decoder may own large dictionaries, and a job is defined several times before it runs.
    private static void CheckIsOverridden(Func<object> create)
    {
        if (create.Method.DeclaringType == typeof(RecordFormat<T>))
        {
            _ = create();
        }
    }
}

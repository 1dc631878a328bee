namespace QueryStream.Streams.Connectors;

/// <summary>
/// Where a stream begins. Part of the job's definition: it holds settings only, is built wherever the graph is built, and
/// opens nothing. See <see cref="ISourceReader{T}"/> for what does.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISource<T>
{
    /// <summary>Whether the source ends by itself.</summary>
    bool IsBounded { get; }

    /// <summary>Makes the reader of one subtask. Called once an attempt, on the task's thread; must not block.</summary>
    ISourceReader<T> CreateReader(SourceContext context);
}

namespace QueryStream.Streams.Connectors;

/// <summary>Where a stream ends. Part of the job's definition: it holds settings only and opens nothing.</summary>
/// <typeparam name="T">The rows.</typeparam>
public interface ISink<T>
{
    /// <summary>Makes the writer of one subtask. Called once an attempt, on the task's thread; must not block.</summary>
    ISinkWriter<T> CreateWriter(SinkContext context);
}

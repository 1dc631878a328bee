namespace QueryStream.Core.Identity;

/// <summary>One subtask of one vertex of one job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Vertex">The vertex.</param>
/// <param name="Subtask">From 0 to the vertex's parallelism - 1.</param>
public readonly record struct TaskId(JobId Job, VertexId Vertex, int Subtask);

using QueryStream.Core.Identity;

namespace QueryStream.TestKit.Connectors;

/// <summary>Which task a harness stands for.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Subtask">Which subtask.</param>
/// <param name="Parallelism">Of how many.</param>
public readonly record struct SinkHarnessTask(JobId Job, int Attempt = 0, int Subtask = 0, int Parallelism = 1)
{
    /// <summary>The first attempt of a job that nobody has seen before.</summary>
    public static SinkHarnessTask New() => new(new JobId(BitConverter.ToUInt128(Guid.NewGuid().ToByteArray())));
}

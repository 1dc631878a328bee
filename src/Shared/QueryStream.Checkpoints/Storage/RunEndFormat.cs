using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>
/// The bytes of the mark of a run that has ended, a <see cref="ChecksummedFormat"/> with this body:
/// <code>
/// job name, job, epoch, kind, ended at (ms), path of the savepoint, path of what it goes back to, retains, count of runs before, each: job
/// </code>
/// </summary>
public static class RunEndFormat
{
    private static readonly ChecksummedFormat Format = new(
        "QSRE",
        oldest: 2,
        version: 2,
        "the mark of how the last run of the job has ended",
        "Name the path of a checkpoint instead of its latest one, or delete the mark: then the newest checkpoint of any run is the latest one.");

    /// <summary>The bytes that are stored.</summary>
    public static byte[] Write(RunEnd end)
    {
        CodecWriter body = new();
        body.WriteString(end.JobName);
        body.WriteJob(end.Job);
        body.WriteEpoch(end.Epoch);
        body.WriteByte((byte)end.Kind);
        body.WriteInt64(end.EndedAt.ToUnixTimeMilliseconds());
        body.WriteString(end.Savepoint ?? "");
        body.WriteString(end.FallbackPath ?? "");
        body.WriteBoolean(end.Retains);
        body.WriteMany(end.EndedBefore, static (body, before) => body.WriteJob(before));
        return Format.Write(body);
    }

    /// <summary>Reads a mark.</summary>
    /// <param name="bytes">The whole file or value.</param>
    /// <param name="place">Its path or key, for errors.</param>
    /// <param name="jobName">The job whose mark it must be.</param>
    /// <exception cref="DamagedCheckpointException">The bytes are not a mark of this job, or of an unknown version.</exception>
    public static RunEnd Read(byte[] bytes, string place, string jobName)
    {
        RunEnd end = Format.Read(bytes, place, ReadBody);
        return end.JobName == jobName
            ? end
            : throw new DamagedCheckpointException($"{place} is the mark of job '{end.JobName}', not of '{jobName}': was it moved here?");
    }

    private static RunEnd ReadBody(CodecReader body)
    {
        string name = body.ReadRequiredString();
        JobId job = body.ReadJob();
        Epoch epoch = body.ReadEpoch();
        RunEndKind kind = body.ReadEnum<RunEndKind>();
        DateTimeOffset endedAt = DateTimeOffset.FromUnixTimeMilliseconds(body.ReadInt64(0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        return new RunEnd(name, job, epoch, kind, endedAt)
        {
            Savepoint = ReadPath(body),
            FallbackPath = ReadPath(body),
            Retains = body.ReadBoolean(),
            EndedBefore = body.ReadMany(static body => body.ReadJob()),
        };
    }

    private static string? ReadPath(CodecReader body) => body.ReadString() is { Length: > 0 } path ? path : null;
}

using System.Buffers.Binary;
using System.IO.Hashing;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>
/// The bytes of the mark of a run that has ended:
/// <code>
///  0   4  "QSRE"
///  4   4  version of the format, little endian
///  8  16  XXH128 of the body, big endian
/// 24      body, as CodecWriter writes it:
///         job name, job, epoch, kind, ended at (ms), path of the savepoint, path of what it goes back to, retains, count of runs before, each: job
/// </code>
/// A version adds fields at the end of the body; a reader refuses numbers that it does not know.
/// </summary>
public static class RunEndFormat
{
    private const int Version = 1;
    private const int HeaderBytes = 24;

    private static ReadOnlySpan<byte> Magic => "QSRE"u8;

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

        byte[] bytes = new byte[HeaderBytes + body.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(8), XxHash128.HashToUInt128(body.Written));
        body.Written.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>Reads a mark. Never trusts the bytes.</summary>
    /// <param name="bytes">The whole file or value.</param>
    /// <param name="place">Its path or key, for errors.</param>
    /// <param name="jobName">The job whose mark it must be.</param>
    /// <exception cref="DamagedCheckpointException">The bytes are no mark of this job, or of a version that is not known.</exception>
    public static RunEnd Read(byte[] bytes, string place, string jobName)
    {
        if (bytes.Length < HeaderBytes || !bytes.AsSpan(0, 4).SequenceEqual(Magic))
        {
            throw Damaged(place, $"it is {bytes.Length} bytes that do not begin with QSRE");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (version != Version)
        {
            throw new DamagedCheckpointException(
                $"{place}, which says how the last run of job '{jobName}' has ended, has version {version}, and this QueryStream reads {Version}: "
                + "use the version that wrote it, or a newer one, or name the path of a checkpoint.");
        }

        ReadOnlySpan<byte> body = bytes.AsSpan(HeaderBytes);
        if (XxHash128.HashToUInt128(body) != BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(8)))
        {
            throw Damaged(place, "its checksum is another one than when it was written");
        }

        try
        {
            RunEnd end = ReadBody(new CodecReader(bytes, HeaderBytes, body.Length));
            return end.JobName == jobName ? end : throw Damaged(place, $"it is the mark of job '{end.JobName}'");
        }
        catch (Exception e) when (e is CodecException or ArgumentException or OverflowException)
        {
            throw Damaged(place, $"its body cannot be read, though its checksum is right: {e.Message}", e);
        }
    }

    private static DamagedCheckpointException Damaged(string place, string problem, Exception? cause = null) => new(
        $"{place}, which says how the last run of the job has ended, is damaged: {problem}. Name the path of a checkpoint instead of its latest "
        + "one, or delete it: then the newest checkpoint of any run is the latest one.",
        cause);

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

using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>The number and the fields of each message to a worker.</summary>
internal static class WorkerMessageFormat
{
    // On the wire: numbers never change, and none is used again.
    private enum MessageType : byte
    {
        WorkerRegistered = 1,
        DeployTasks = 2,
        RunTasks = 3,
        CancelTasks = 4,
        ReleaseTasks = 5,
        ReleaseJob = 6,
        TriggerCheckpoint = 7,
        CheckpointCompleted = 8,
        CheckpointAborted = 9,
        AdoptTasks = 10,
        PrepareJob = 11,
        PrepareMove = 12,
        MoveTasks = 13,
        ReconnectTasks = 14,
    }

    public static void Write(CodecWriter writer, WorkerMessage message)
    {
        switch (message)
        {
            case WorkerRegistered registered:
                Begin(writer, MessageType.WorkerRegistered);
                writer.WriteEpoch(registered.Epoch);
                break;
            case DeployTasks deploy:
                Begin(writer, MessageType.DeployTasks, deploy.Job, deploy.Attempt);
                WriteDeployment(writer, deploy);
                break;
            case PrepareJob prepare:
                Begin(writer, MessageType.PrepareJob);
                writer.WriteJob(prepare.Job);
                WritePlan(writer, prepare.Plan);
                break;
            case RunTasks run:
                Begin(writer, MessageType.RunTasks, run.Job, run.Attempt);
                break;
            case AdoptTasks adopt:
                Begin(writer, MessageType.AdoptTasks, adopt.Job, adopt.Attempt);
                writer.WriteOptional(adopt.Checkpoints, WriteCheckpointPlan);
                break;
            case CancelTasks cancel:
                Begin(writer, MessageType.CancelTasks, cancel.Job, cancel.Attempt);
                break;
            case ReleaseTasks release:
                Begin(writer, MessageType.ReleaseTasks, release.Job, release.Attempt);
                break;
            case ReleaseJob release:
                Begin(writer, MessageType.ReleaseJob);
                writer.WriteJob(release.Job);
                break;
            case TriggerCheckpoint trigger:
                Begin(writer, MessageType.TriggerCheckpoint, trigger.Job, trigger.Attempt);
                WriteTrigger(writer, trigger);
                break;
            case CheckpointCompleted completed:
                Begin(writer, MessageType.CheckpointCompleted, completed.Job, completed.Attempt);
                writer.WriteCheckpoint(completed.Checkpoint);
                break;
            case CheckpointAborted aborted:
                Begin(writer, MessageType.CheckpointAborted, aborted.Job, aborted.Attempt);
                writer.WriteCheckpoint(aborted.Checkpoint);
                break;
            default:
                WriteMove(writer, message);
                break;
        }
    }

    private static void WriteMove(CodecWriter writer, WorkerMessage message)
    {
        switch (message)
        {
            case PrepareMove prepare:
                Begin(writer, MessageType.PrepareMove, prepare.Job, prepare.Attempt);
                writer.WriteCheckpoint(prepare.Checkpoint);
                writer.WriteMany(prepare.Tasks, static (writer, task) => writer.WriteTask(task));
                break;
            case MoveTasks move:
                Begin(writer, MessageType.MoveTasks, move.Job, move.Attempt);
                writer.WriteMany(move.Placement, ControlFields.WritePlacement);
                writer.WriteMany(move.Workers, ControlFields.WriteLocation);
                break;
            case ReconnectTasks reconnect:
                Begin(writer, MessageType.ReconnectTasks, reconnect.Job, reconnect.Attempt);
                break;
            default:
                throw new InvalidOperationException($"{message.GetType().Name} has no number on the wire.");
        }
    }

    public static WorkerMessage Read(CodecReader reader)
    {
        byte type = reader.ReadByte();
        return (MessageType)type switch
        {
            MessageType.WorkerRegistered => new WorkerRegistered(reader.ReadEpoch()),
            MessageType.DeployTasks => ReadDeployment(reader),
            MessageType.PrepareJob => new PrepareJob(reader.ReadJob(), ReadPlan(reader)),
            MessageType.RunTasks => new RunTasks(reader.ReadJob(), reader.ReadAttempt()),
            MessageType.AdoptTasks => new AdoptTasks(reader.ReadJob(), reader.ReadAttempt(), reader.ReadOptional(ReadCheckpointPlan)),
            MessageType.CancelTasks => new CancelTasks(reader.ReadJob(), reader.ReadAttempt()),
            MessageType.ReleaseTasks => new ReleaseTasks(reader.ReadJob(), reader.ReadAttempt()),
            MessageType.ReleaseJob => new ReleaseJob(reader.ReadJob()),
            MessageType.TriggerCheckpoint => ReadTrigger(reader),
            MessageType.CheckpointCompleted => new CheckpointCompleted(reader.ReadJob(), reader.ReadAttempt(), reader.ReadCheckpoint()),
            MessageType.CheckpointAborted => new CheckpointAborted(reader.ReadJob(), reader.ReadAttempt(), reader.ReadCheckpoint()),
            MessageType.PrepareMove => new PrepareMove(
                reader.ReadJob(), reader.ReadAttempt(), reader.ReadCheckpoint(), reader.ReadMany(static reader => reader.ReadTask())),
            MessageType.MoveTasks => new MoveTasks(reader.ReadJob(), reader.ReadAttempt(), reader.ReadMany(ControlFields.ReadPlacement))
            {
                Workers = reader.ReadMany(ControlFields.ReadLocation),
            },
            MessageType.ReconnectTasks => new ReconnectTasks(reader.ReadJob(), reader.ReadAttempt()),
            _ => throw reader.Damaged($"a message to a worker of type {type}"),
        };
    }

    private static void Begin(CodecWriter writer, MessageType type) => writer.WriteByte((byte)type);

    private static void Begin(CodecWriter writer, MessageType type, JobId job, Attempt attempt)
    {
        Begin(writer, type);
        writer.WriteJob(job);
        writer.WriteAttempt(attempt);
    }

    private static void WritePlan(CodecWriter writer, JobPlan plan)
    {
        writer.WriteString(plan.Reference.Content);
        writer.WriteString(plan.Reference.TypeName);
        writer.WriteMany(plan.Settings, static (writer, setting) =>
        {
            writer.WriteString(setting.Key);
            writer.WriteString(setting.Value);
        });
        writer.WriteLength(plan.Parallelism);
        writer.WriteString(plan.Fingerprint);
    }

    private static JobPlan ReadPlan(CodecReader reader)
    {
        JobReference reference = new(reader.ReadRequiredString(), reader.ReadRequiredString());
        KeyValuePair<string, string>[] settings = reader.ReadMany(static reader =>
            KeyValuePair.Create(reader.ReadRequiredString(), reader.ReadRequiredString()));
        return new JobPlan(
            reference,
            new Dictionary<string, string>(settings, StringComparer.Ordinal),
            (int)reader.ReadUInt64(int.MaxValue),
            reader.ReadRequiredString());
    }

    private static void WriteDeployment(CodecWriter writer, DeployTasks deploy)
    {
        WritePlan(writer, deploy.Plan);
        writer.WriteMany(deploy.Placement, ControlFields.WritePlacement);
        writer.WriteMany(deploy.Workers, ControlFields.WriteLocation);
        writer.WriteOptional(deploy.Checkpoints, WriteCheckpointPlan);
        writer.WriteOptional(deploy.Restore, static (writer, restore) =>
        {
            writer.WriteString(restore.Storage);
            writer.WriteJob(restore.Job);
            writer.WriteCheckpoint(restore.Checkpoint);
        });
        writer.WriteOptionalAttempt(deploy.Region);
        writer.WriteMany(deploy.Moved, SnapshotFormat.Write);
    }

    private static DeployTasks ReadDeployment(CodecReader reader)
    {
        JobId job = reader.ReadJob();
        Attempt attempt = reader.ReadAttempt();
        JobPlan plan = ReadPlan(reader);
        TaskPlacement[] placement = reader.ReadMany(ControlFields.ReadPlacement);
        return new DeployTasks(job, attempt, plan, placement)
        {
            Workers = reader.ReadMany(ControlFields.ReadLocation),
            Checkpoints = reader.ReadOptional(ReadCheckpointPlan),
            Restore = reader.ReadOptional(static reader =>
                new RestorePlan(reader.ReadRequiredString(), reader.ReadJob(), reader.ReadCheckpoint())),
            Region = reader.ReadOptionalAttempt(),
            Moved = reader.ReadMany(SnapshotFormat.Read),
        };
    }

    private static void WriteCheckpointPlan(CodecWriter writer, CheckpointPlan checkpoints)
    {
        writer.WriteEpoch(checkpoints.Epoch);
        writer.WriteString(checkpoints.Storage);
        writer.WriteEnum(checkpoints.Mode);
    }

    private static CheckpointPlan ReadCheckpointPlan(CodecReader reader) =>
        new(reader.ReadEpoch(), reader.ReadRequiredString(), reader.ReadEnum<CheckpointMode>());

    private static void WriteTrigger(CodecWriter writer, TriggerCheckpoint trigger)
    {
        writer.WriteCheckpoint(trigger.Checkpoint);
        writer.WriteEnum(trigger.Kind);
        writer.WriteString(trigger.Storage);
        writer.WriteEpoch(trigger.Epoch);
        writer.WriteInt64(trigger.Base?.Number ?? -1);
        writer.WriteBoolean(trigger.Stop is not null);
        if (trigger.Stop is { } stop)
        {
            writer.WriteEnum(stop);
        }
    }

    private static TriggerCheckpoint ReadTrigger(CodecReader reader) => new(
        reader.ReadJob(),
        reader.ReadAttempt(),
        reader.ReadCheckpoint(),
        reader.ReadEnum<CheckpointKind>(),
        reader.ReadRequiredString(),
        reader.ReadEpoch(),
        reader.ReadInt64(-1, long.MaxValue) is >= 0 and long number ? new CheckpointId(number) : null,
        reader.ReadBoolean() ? reader.ReadEnum<StopMode>() : null);
}

using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>The number and the fields of each message to the coordinator.</summary>
internal static class CoordinatorMessageFormat
{
    // On the wire: numbers never change, and none is used again.
    private enum MessageType : byte
    {
        RegisterWorker = 1,
        TasksDeployed = 2,
        DeploymentRefused = 3,
        TaskReport = 4,
        MetricsReport = 5,
        CheckpointAcknowledged = 6,
        CheckpointRequested = 7,
        CheckpointDeclined = 8,
        WorkerLeaving = 9,
        MovePrepared = 10,
        TasksMoved = 11,
        ProcessReport = 12,
    }

    public static void Write(CodecWriter writer, CoordinatorMessage message)
    {
        switch (message)
        {
            case RegisterWorker register:
                Begin(writer, MessageType.RegisterWorker);
                WriteRegistration(writer, register);
                break;
            case TasksDeployed deployed:
                Begin(writer, MessageType.TasksDeployed);
                writer.WriteJob(deployed.Job);
                writer.WriteAttempt(deployed.Attempt);
                break;
            case DeploymentRefused refused:
                Begin(writer, MessageType.DeploymentRefused);
                writer.WriteJob(refused.Job);
                writer.WriteAttempt(refused.Attempt);
                writer.WriteError(refused.Error);
                break;
            case TaskReport report:
                Begin(writer, MessageType.TaskReport, report.Task, report.Attempt);
                writer.WriteEnum(report.State);
                writer.WriteOptional(report.Failure, ControlFields.WriteFailure);
                break;
            case MetricsReport metrics:
                Begin(writer, MessageType.MetricsReport);
                writer.WriteJob(metrics.Job);
                writer.WriteAttempt(metrics.Attempt);
                writer.WriteMany(metrics.Tasks, SampleFields.Write);
                break;
            case CheckpointAcknowledged acknowledged:
                Begin(writer, MessageType.CheckpointAcknowledged);
                writer.WriteAttempt(acknowledged.Attempt);
                SnapshotFormat.Write(writer, acknowledged.Snapshot);
                break;
            case CheckpointRequested requested:
                Begin(writer, MessageType.CheckpointRequested, requested.Task, requested.Attempt);
                writer.WriteCheckpoint(requested.LastBarrier);
                writer.WriteString(requested.OperatorName);
                writer.WriteString(requested.Reason);
                break;
            case CheckpointDeclined declined:
                Begin(writer, MessageType.CheckpointDeclined, declined.Task, declined.Attempt);
                writer.WriteCheckpoint(declined.Checkpoint);
                writer.WriteFailure(declined.Failure);
                break;
            case MovePrepared prepared:
                Begin(writer, MessageType.MovePrepared);
                writer.WriteJob(prepared.Job);
                writer.WriteAttempt(prepared.Attempt);
                break;
            case TasksMoved moved:
                Begin(writer, MessageType.TasksMoved);
                writer.WriteJob(moved.Job);
                writer.WriteAttempt(moved.Attempt);
                break;
            case WorkerLeaving:
                Begin(writer, MessageType.WorkerLeaving);
                break;
            case ProcessReport process:
                Begin(writer, MessageType.ProcessReport);
                SampleFields.Write(writer, process.Sample);
                break;
            default:
                throw new InvalidOperationException($"{message.GetType().Name} has no number on the wire.");
        }
    }

    public static CoordinatorMessage Read(CodecReader reader)
    {
        byte type = reader.ReadByte();
        return (MessageType)type switch
        {
            MessageType.RegisterWorker => ReadRegistration(reader),
            MessageType.TasksDeployed => new TasksDeployed(reader.ReadJob(), reader.ReadAttempt()),
            MessageType.DeploymentRefused => new DeploymentRefused(reader.ReadJob(), reader.ReadAttempt(), reader.ReadError()),
            MessageType.TaskReport => new TaskReport(
                reader.ReadTask(), reader.ReadAttempt(), reader.ReadEnum<ExecutionState>(), reader.ReadOptional(ControlFields.ReadFailure)),
            MessageType.MetricsReport => new MetricsReport(reader.ReadJob(), reader.ReadAttempt(), reader.ReadMany(SampleFields.ReadTask)),
            MessageType.CheckpointAcknowledged => ReadAcknowledgement(reader),
            MessageType.CheckpointRequested => new CheckpointRequested(
                reader.ReadTask(), reader.ReadAttempt(), reader.ReadCheckpoint(), reader.ReadRequiredString(), reader.ReadRequiredString()),
            MessageType.CheckpointDeclined => new CheckpointDeclined(
                reader.ReadTask(), reader.ReadAttempt(), reader.ReadCheckpoint(), reader.ReadFailure()),
            MessageType.MovePrepared => new MovePrepared(reader.ReadJob(), reader.ReadAttempt()),
            MessageType.TasksMoved => new TasksMoved(reader.ReadJob(), reader.ReadAttempt()),
            MessageType.WorkerLeaving => new WorkerLeaving(),
            MessageType.ProcessReport => new ProcessReport(SampleFields.ReadProcess(reader)),
            _ => throw reader.Damaged($"a message to the coordinator of type {type}"),
        };
    }

    private static void Begin(CodecWriter writer, MessageType type) => writer.WriteByte((byte)type);

    private static void Begin(CodecWriter writer, MessageType type, TaskId task, Attempt attempt)
    {
        Begin(writer, type);
        writer.WriteTask(task);
        writer.WriteAttempt(attempt);
    }

    private static void WriteRegistration(CodecWriter writer, RegisterWorker register)
    {
        writer.WriteString(register.Worker.Name);
        writer.WriteLength(register.Slots);
        writer.WriteMany(register.Held, WriteHeld);
        writer.WriteOptional(register.Address, ControlFields.WriteAddress);
        writer.WriteOptional(register.HttpAddress, static (writer, address) => writer.WriteString(address));
    }

    private static RegisterWorker ReadRegistration(CodecReader reader) => new(
        new WorkerId(reader.ReadRequiredString()),
        (int)reader.ReadUInt64(int.MaxValue),
        reader.ReadMany(ReadHeld))
    {
        Address = reader.ReadOptional(ControlFields.ReadAddress),
        HttpAddress = reader.ReadOptional(static reader => reader.ReadRequiredString()),
    };

    private static void WriteHeld(CodecWriter writer, HeldTasks held)
    {
        writer.WriteJob(held.Job);
        writer.WriteAttempt(held.Attempt);
        writer.WriteLength(held.Parallelism);
        writer.WriteString(held.Fingerprint);
        writer.WriteCheckpoint(held.LastCheckpoint);
        writer.WriteBoolean(held.IsDrained);
        writer.WriteOptionalAttempt(held.Region);
        writer.WriteBoolean(held.IsMoving);
        writer.WriteMany(held.Tasks, static (writer, task) =>
        {
            writer.WritePlacement(task.Placement);
            writer.WriteEnum(task.State);
            writer.WriteOptional(task.Final, SnapshotFormat.Write);
        });
    }

    private static HeldTasks ReadHeld(CodecReader reader) => new(
        reader.ReadJob(), reader.ReadAttempt(), (int)reader.ReadUInt64(int.MaxValue), reader.ReadRequiredString())
    {
        LastCheckpoint = reader.ReadCheckpoint(),
        IsDrained = reader.ReadBoolean(),
        Region = reader.ReadOptionalAttempt(),
        IsMoving = reader.ReadBoolean(),
        Tasks = reader.ReadMany(static reader => new HeldTask(
            reader.ReadPlacement(), reader.ReadEnum<ExecutionState>(), reader.ReadOptional(SnapshotFormat.Read))),
    };

    private static CheckpointAcknowledged ReadAcknowledgement(CodecReader reader)
    {
        Attempt attempt = reader.ReadAttempt();
        return new CheckpointAcknowledged(SnapshotFormat.Read(reader), attempt);
    }
}

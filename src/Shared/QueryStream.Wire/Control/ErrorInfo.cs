using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;

namespace QueryStream.Wire.Control;

/// <summary>
/// An exception in a message. Errors that callers handle by type, such as <see cref="ServiceUnavailableException"/>, keep their type; all others
/// become a <see cref="RemoteException"/> with the original's type name, message and stack trace.
/// </summary>
/// <param name="TypeName">The type, without its namespace.</param>
/// <param name="Message">The message.</param>
/// <param name="StackTrace">The stack trace; empty if it is unknown.</param>
public sealed record ErrorInfo(string TypeName, string Message, string StackTrace)
{
    /// <summary>The code of a QueryStream error; else null.</summary>
    public ErrorCode? Code { get; init; }

    /// <summary>The service of a service error, or the name of a setting.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The address of an unavailable service, or the problem of a setting.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The cause; null if there is none.</summary>
    public ErrorInfo? Cause { get; init; }

    /// <summary>Describes an exception.</summary>
    public static ErrorInfo From(Exception exception) => new(
        (exception as RemoteException)?.TypeName ?? exception.GetType().Name, exception.Message, exception.StackTrace ?? "")
    {
        Code = (exception as QueryStreamException)?.Code,
        Subject = exception switch
        {
            ServiceUnavailableException service => service.Service,
            ServiceRefusedException service => service.Service,
            SettingException setting => setting.Setting,
            _ => "",
        },
        Detail = exception switch
        {
            ServiceUnavailableException service => service.Address,
            SettingException setting => setting.Problem,
            _ => "",
        },
        Cause = exception.InnerException is null ? null : From(exception.InnerException),
    };

    /// <summary>Converts back to an exception.</summary>
    public QueryStreamException ToException()
    {
        QueryStreamException? cause = Cause?.ToException();
        return Code switch
        {
            ErrorCode.JobDefinition => new JobDefinitionException(Message, cause),
            ErrorCode.JobAssembly => new JobAssemblyException(Message, cause),
            ErrorCode.Setting => new SettingException(Subject, Detail),
            ErrorCode.ServiceUnavailable => new ServiceUnavailableException(Subject, Detail, Message, cause),
            ErrorCode.ServiceRefused => new ServiceRefusedException(Subject, Message, cause),
            ErrorCode.DeploymentRefused => new DeploymentRefusedException(Message, cause),
            ErrorCode.StateRestore => new StateRestoreException(Message, cause),
            ErrorCode.SchemaMismatch => new SchemaMismatchException(Message),
            ErrorCode.DamagedCheckpoint => new DamagedCheckpointException(Message, cause),
            ErrorCode.CheckpointStorage => new CheckpointStorageException(Message, cause),
            ErrorCode.ChannelRefused => new ChannelRefusedException(Message),
            ErrorCode.ChannelLost => new ChannelLostException(Message, cause),
            _ => new RemoteException(TypeName, Message, StackTrace, cause),
        };
    }
}

using QueryStream.Core.Errors;

namespace QueryStream.Wire.Control;

/// <summary>
/// An exception as data. Errors that callers decide by, such as <see cref="ServiceUnavailableException"/>, come out as
/// what they were; all others as <see cref="RemoteException"/> with the original's type name, message and stack.
/// </summary>
/// <param name="TypeName">The type, without its namespace.</param>
/// <param name="Message">The message.</param>
/// <param name="StackTrace">Where it was thrown; empty where that is unknown.</param>
public sealed record ErrorInfo(string TypeName, string Message, string StackTrace)
{
    /// <summary>Of errors of QueryStream: the kind.</summary>
    public ErrorCode? Code { get; init; }

    /// <summary>Of errors of services: which. Of settings: the setting's name.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Of unreachable services: the address. Of settings: the problem.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What it was caused by.</summary>
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

    /// <summary>Makes an exception again.</summary>
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
            ErrorCode.ChannelRefused => new ChannelRefusedException(Message),
            ErrorCode.ChannelLost => new ChannelLostException(Message, cause),
            _ => new RemoteException(TypeName, Message, StackTrace, cause),
        };
    }
}

namespace QueryStream.Core.Errors;

/// <summary>Where an error comes from.</summary>
public enum ErrorDomain
{
    /// <summary>What the user wrote: a job, a setting, an option.</summary>
    User,

    /// <summary>A system that QueryStream talks to.</summary>
    External,

    /// <summary>QueryStream itself.</summary>
    Internal,
}

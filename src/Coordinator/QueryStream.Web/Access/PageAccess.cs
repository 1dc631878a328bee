using Microsoft.AspNetCore.Components.Authorization;

namespace QueryStream.Web.Access;

/// <summary>What whoever looks at a page may do. One for each page.</summary>
/// <param name="options">The options.</param>
/// <param name="credentials">The secrets.</param>
/// <param name="users">Who it is.</param>
internal sealed class PageAccess(WebOptions options, Credentials credentials, AuthenticationStateProvider users)
{
    /// <summary>Whether pages change nothing, whoever looks.</summary>
    public bool IsReadOnly => options.ReadOnly;

    /// <summary>Whether a secret is needed to change something.</summary>
    public bool NeedsSecret => credentials.AreSet;

    /// <summary>Whether they have shown a secret.</summary>
    public bool KnowsSecret { get; private set; }

    /// <summary>Whether they may change something.</summary>
    public bool MayChange => !IsReadOnly && (!NeedsSecret || KnowsSecret);

    /// <summary>Finds out who it is.</summary>
    public async Task ReadAsync() => KnowsSecret = (await users.GetAuthenticationStateAsync()).User.Identity?.AuthenticationType == WebAccess.Scheme;
}

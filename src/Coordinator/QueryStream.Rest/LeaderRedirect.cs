using Microsoft.AspNetCore.Http;

namespace QueryStream.Rest;

/// <summary>Sends clients of a coordinator that does not lead to the one that does.</summary>
public static class LeaderRedirect
{
    /// <summary>The address of the same path at the leader.</summary>
    /// <param name="context">The request.</param>
    /// <param name="leader">The leader's address.</param>
    public static Uri AddressOf(HttpContext context, Uri leader)
    {
        string path = $"{context.Request.PathBase}{context.Request.Path}{context.Request.QueryString}";
        return new UriBuilder(new Uri(leader, path)) { Scheme = SchemeOf(context, leader) }.Uri;
    }

    // A coordinator with certificates speaks HTTP and HTTPS at one port. A client of another machine that was answered in the clear may go on so; one
    // of this machine may not, since its requests would leave the machine.
    private static string SchemeOf(HttpContext context, Uri leader) =>
        context.Connection.IsOfThisMachine() ? leader.Scheme : context.Request.Scheme;
}

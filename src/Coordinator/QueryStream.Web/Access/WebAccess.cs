using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueryStream.Core.Errors;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.Web.Access;

/// <summary>
/// Which requests are answered, of pages and of REST: no change that the page of another site asks for, and where there is a secret, no change by
/// those who do not know it; where reading is protected too, nothing but what processes of the cluster and health checks need.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="credentials">The secrets.</param>
/// <param name="time">The clock.</param>
internal sealed class WebAccess(WebOptions options, Credentials credentials, TimeProvider time)
{
    /// <summary>The cookie of a session.</summary>
    public const string Cookie = "querystream-session";

    /// <summary>The claim of somebody who has shown a secret.</summary>
    public const string Scheme = "querystream";

    // Their own rules: membership has a token of its own, and the others tell nothing about jobs.
    private static readonly PathString[] Exempt =
        ["/alive", "/ready", "/bootstrap", "/cluster", WebPaths.SignIn, WebPaths.Session, WebPaths.Assets, WebPaths.Alive];

    // Workers read the code of jobs.
    private static readonly PathString[] ReadByWorkers = ["/blobs", "/v1/blobs"];
    private static readonly PathString[] Uploads = ["/jars", "/v1/jars"];

    /// <summary>Refuses all other requests.</summary>
    public void UseIn(IApplicationBuilder application) => application.Use(async (context, next) =>
    {
        bool isPage = WebPaths.IsPage(context.Request.Path);
        if (isPage)
        {
            ContentSecurity.Protect(context.Response.Headers);
        }

        if (IsChangeFromElsewhere(context))
        {
            await RefuseAsync(
                context, StatusCodes.Status403Forbidden, "The request comes from a page of another site, which may change nothing here.");
            return;
        }

        if (KnowsSecret(context))
        {
            // Forms are bound to a name, and all who know a secret are alike.
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, Scheme)], Scheme));
        }
        else if (NeedsSecret(context.Request))
        {
            await AskForSecretAsync(context, isPage);
            return;
        }

        await next(context);
    });

    private bool KnowsSecret(HttpContext context) =>
        credentials.AreShownBy(context.Request.Headers.Authorization.ToString())
        || (context.Request.Cookies[Cookie] is { } session && credentials.IsSession(session, time.GetUtcNow()));

    // What pages change goes over a circuit, where the page asks who does it.
    private bool NeedsSecret(HttpRequest request) => credentials.AreSet
        && !IsBelow(request, Exempt)
        && (IsChange(request) || !IsBelow(request, ReadByWorkers))
        && (options.ProtectReading || (IsChange(request) && !WebPaths.IsPage(request.Path)));

    // The plan of an upload is made by running its code.
    private static bool IsChange(HttpRequest request) => (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        || (IsBelow(request, Uploads) && request.Path.Value!.TrimEnd('/').EndsWith("/plan", StringComparison.OrdinalIgnoreCase));

    private static bool IsBelow(HttpRequest request, PathString[] paths) => Array.Exists(paths, path => WebPaths.IsBelow(request.Path, path));

    // Browsers tell the origin with every change and with every web socket. Other clients tell none.
    private static bool IsChangeFromElsewhere(HttpContext context)
    {
        HttpRequest request = context.Request;
        return (IsChange(request) || context.WebSockets.IsWebSocketRequest || WebPaths.IsCircuit(request.Path))
            && request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
                && Uri.TryCreate($"{page.Scheme}://{request.Host.Value}", UriKind.Absolute, out Uri? own)
                && page.Authority.Equals(own.Authority, StringComparison.OrdinalIgnoreCase));
    }

    private Task AskForSecretAsync(HttpContext context, bool isPage)
    {
        if (isPage && HttpMethods.IsGet(context.Request.Method) && !WebPaths.IsCircuit(context.Request.Path))
        {
            context.Response.Redirect(WebPaths.SignInFor($"{context.Request.Path}{context.Request.QueryString}"));
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = credentials.HavePassword ? "Basic realm=\"QueryStream\", charset=\"UTF-8\"" : "Bearer";
        return RefuseAsync(
            context,
            StatusCodes.Status401Unauthorized,
            "The request needs the header 'Authorization: Bearer TOKEN' with web.auth.token, or a user and a password of web.auth.password-file. "
            + "Commands send the token of $QUERYSTREAM_TOKEN or --token.");
    }

    private static Task RefuseAsync(HttpContext context, int status, string problem) => RestJson.WriteAsync(
        context, new ErrorResponse([problem]) { Code = nameof(ErrorCode.ServiceRefused) }, RestJson.Default.ErrorResponse, status);
}

using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace QueryStream.Web.Access;

/// <summary>Begins and ends sessions. The form is a page of its own.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(WebPaths.Session, SignInAsync).DisableAntiforgery();
        endpoints.MapPost(WebPaths.SignOut, SignOutAsync).DisableAntiforgery();
    }

    // Validated here: the middleware would answer a form of a page that is older than this process with an empty page.
    private static async Task<bool> IsOursAsync(HttpContext context) => context.Request.HasFormContentType
        && await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context);

    private static async Task SignInAsync(HttpContext context)
    {
        IFormCollection form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;
        string page = WebPaths.ReturnTo(form["return"]);
        if (!await IsOursAsync(context))
        {
            context.Response.Redirect($"{WebPaths.SignInFor(page)}&problem=form");
            return;
        }

        Credentials credentials = context.RequestServices.GetRequiredService<Credentials>();
        string secret = form["secret"].ToString();
        if (!credentials.IsToken(secret) && !credentials.IsPassword($"{form["user"]}:{secret}"))
        {
            ILogger log = context.RequestServices.GetRequiredService<ILogger<WebOptions>>();
            Log.SignInRefused(log, context.Connection.RemoteIpAddress?.ToString() ?? "");
            context.Response.Redirect($"{WebPaths.SignInFor(page)}&problem=secret");
            return;
        }

        DateTimeOffset now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        context.Response.Cookies.Append(WebAccess.Cookie, credentials.BeginSession(now), CookieFor(context));
        context.Response.Redirect(page);
    }

    private static async Task SignOutAsync(HttpContext context)
    {
        if (await IsOursAsync(context))
        {
            context.Response.Cookies.Delete(WebAccess.Cookie, CookieFor(context));
        }

        context.Response.Redirect($"{WebPaths.Root}/");
    }

    private static CookieOptions CookieFor(HttpContext context) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
    };
}

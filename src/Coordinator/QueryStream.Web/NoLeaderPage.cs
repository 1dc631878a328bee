using Microsoft.AspNetCore.Http;
using QueryStream.Web.Assets;

namespace QueryStream.Web;

/// <summary>The page of a coordinator that does not lead and knows no leader. It loads itself again.</summary>
internal static class NoLeaderPage
{
    public static async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.RetryAfter = "1";
        await context.Response.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="1">
            <title>QueryStream: no leader</title><link rel="stylesheet" href="{AssetEndpoints.Url("app.css")}">
            </head>
            <body class="plain"><main><h1>No coordinator leads the cluster at the moment</h1>
            <p>Jobs go on without one. This page loads itself again every second.</p></main></body>
            </html>
            """,
            context.RequestAborted);
    }
}

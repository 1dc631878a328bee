using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.TestKit;
using QueryStream.Web.Access;

namespace QueryStream.Web.Tests;

/// <summary>Which requests are answered.</summary>
public sealed class WebAccessTests
{
    private const string Token = "long-enough";

    [Theory]
    [InlineData("PATCH", "/jobs/1", null, 401)]
    [InlineData("PATCH", "/jobs/1", $"Bearer {Token}", 200)]
    [InlineData("POST", "/jars/upload", null, 401)]
    [InlineData("PUT", "/v1/blobs/1", null, 401)]
    [InlineData("GET", "/v1/blobs/1", null, 200)]
    [InlineData("GET", "/jars/1_job.dll/plan", null, 401)]
    [InlineData("GET", "/v1/JARS/1_job.dll/plan/", null, 401)]
    [InlineData("GET", "/jars", null, 200)]
    [InlineData("GET", "/jobs/1/plan", null, 200)]
    [InlineData("GET", "/jobs/1", null, 200)]
    [InlineData("GET", "/ui/jobs", null, 200)]
    [InlineData("POST", "/_blazor/negotiate", null, 200)]
    public async Task With_a_token_only_changes_need_it(string method, string path, string? authorization, int status) =>
        Assert.Equal(status, (await SendAsync(new WebOptions { Token = Token }, method, path, authorization)).StatusCode);

    [Theory]
    [InlineData("/jobs/1", 401)]
    [InlineData("/ui/jobs", 302)]
    [InlineData("/openapi", 302)]
    [InlineData("/openapi/v1.json", 401)]
    [InlineData("/_blazor/negotiate", 401)]
    [InlineData("/ui/sign-in", 200)]
    [InlineData("/ui/assets/app.css", 200)]
    [InlineData("/alive", 200)]
    [InlineData("/blobs/1", 200)]
    public async Task Where_reading_is_protected_it_needs_the_token_too(string path, int status)
    {
        WebOptions options = new() { Token = Token, ProtectReading = true };
        Assert.Equal(status, (await SendAsync(options, "GET", path, null)).StatusCode);
        Assert.Equal(200, (await SendAsync(options, "GET", path, $"Bearer {Token}")).StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example", 403)]
    [InlineData("http://host:8082", 403)]
    [InlineData("null", 403)]
    [InlineData("http://host:8081", 200)]
    [InlineData(null, 200)]
    public async Task A_page_of_another_site_changes_nothing(string? origin, int status)
    {
        foreach (string path in (string[])["/jobs/1", "/_blazor/negotiate", "/ui/session"])
        {
            Assert.Equal(status, (await SendAsync(new WebOptions(), "POST", path, null, origin)).StatusCode);
        }

        Assert.Equal(200, (await SendAsync(new WebOptions(), "GET", "/jobs", null, origin)).StatusCode);
    }

    [Fact]
    public async Task Pages_have_a_policy_and_REST_has_none()
    {
        IHeaderDictionary page = (await SendAsync(new WebOptions(), "GET", "/ui/", null)).Headers;
        Assert.Contains("script-src 'self';", page.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", page.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
        Assert.Equal("nosniff", page.XContentTypeOptions.ToString());
        Assert.Empty((await SendAsync(new WebOptions(), "GET", "/jobs", null)).Headers.ContentSecurityPolicy.ToString());
    }

    [Theory]
    [InlineData("/ui/jobs/1", "/ui/jobs/1")]
    [InlineData("/openapi/", "/openapi/")]
    [InlineData("/openapi/..", "/ui/")]
    [InlineData("//evil.example/ui/", "/ui/")]
    [InlineData("/ui//evil.example", "/ui/")]
    [InlineData("https://evil.example/ui/", "/ui/")]
    [InlineData(null, "/ui/")]
    public void Signing_in_leads_to_own_pages_only(string? path, string expected) => Assert.Equal(expected, WebPaths.ReturnTo(path));

    private static async Task<HttpResponse> SendAsync(WebOptions options, string method, string path, string? authorization, string? origin = null)
    {
        ApplicationBuilder application = new(new ServiceCollection().BuildServiceProvider());
        new WebAccess(options, new Credentials(options), new ManualTime()).UseIn(application);
        application.Run(_ => Task.CompletedTask);
        DefaultHttpContext context = new();
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("host", 8081);
        context.Request.Headers.Authorization = authorization;
        context.Request.Headers.Origin = origin;
        await application.Build()(context);
        return context.Response;
    }
}
